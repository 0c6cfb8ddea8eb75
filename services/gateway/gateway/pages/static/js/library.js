// Library and jobs: adding videos, and cards that follow their runs.
import { all, call, isWorking, keys, one, onRun, openDialog, part, say, share, stepOf } from "./page.js";
import { dropzone, send } from "./sending.js";

// ---- adding

const dialog = document.getElementById("add");
if (dialog) {
  for (const tab of all("[data-tab]", dialog)) tab.addEventListener("click", () => choose(tab));
  for (const form of all("[data-add]", dialog)) form.addEventListener("submit", (event) => add(event, form));
  dropzone(one("[data-dropzone]", dialog), upload);
  keys({ KeyA: () => openDialog("add") });
  dropAnywhere();
}

function choose(tab) {
  for (const each of all("[data-tab]", dialog)) {
    each.setAttribute("aria-selected", String(each === tab));
    document.getElementById(each.getAttribute("aria-controls")).hidden = each !== tab;
  }
}

async function upload(files) {
  openDialog("add");
  for (const file of files) {
    const accepted = await send(file, "/v1/videos", "file", one("[data-sending]", dialog), (answer) =>
      answer.existing ? say("there") : say("sent"));
    if (accepted) await show(accepted.video.id);
  }
}

async function add(event, form) {
  event.preventDefault();
  const problem = one("[data-problem]", form);
  problem.textContent = "";
  try {
    const accepted = await call("POST", form.dataset.add, Object.fromEntries(new FormData(form)));
    form.reset();
    dialog.close();
    await show(accepted.video.id);
  } catch (error) {
    problem.textContent = error.message;
  }
}

function dropAnywhere() {
  let depth = 0;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => {
    if (carriesFiles(event) && !dialog.open) document.body.classList.toggle("dropping", ++depth > 0);
  });
  addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    document.body.classList.toggle("dropping", depth > 0);
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    document.body.classList.remove("dropping");
    if (event.dataTransfer.files.length) upload([...event.dataTransfer.files]);
  });
}

// ---- following

async function show(id) {
  const grid = one("[data-grid]");
  if (!grid?.classList.contains("grid")) return location.reload();
  const card = one(".card", await part(`/parts/videos/${id}`) ?? document.createElement("div"));
  if (!card) return;
  const old = one(`[data-video="${id}"]`, grid);
  if (old) old.replaceWith(card);
  else grid.prepend(card);
}

onRun((run) => {
  followCard(run);
  followRow(run);
});

async function followCard(run) {
  const card = one(`.card[data-video="${run.video_id}"]`);
  if (!card) return;
  if (card.dataset.run !== run.id || !isWorking(run)) return show(run.video_id);
  one("[data-step]", card).textContent = stepOf(run);
  one("progress", card).value = share(run);
  if (run.realtime) one("[data-speed]", card).textContent = `${run.realtime.toFixed(1)}× ${say("realtime")}`;
}

async function followRow(run) {
  const list = one("[data-runs]");
  if (!list) return;
  const row = one(`[data-run="${run.id}"]`, list);
  if (row && row.dataset.state === run.state) return steps(row, run);
  const fresh = one(".run", await part(`/parts/runs/${run.id}`) ?? document.createElement("div"));
  if (!fresh) return;
  if (row) row.replaceWith(fresh);
  else list.prepend(fresh);
}

function steps(row, run) {
  for (const step of run.steps) {
    const shown = one(`[data-step-name="${step.name}"]`, row);
    if (!shown) continue;
    shown.dataset.state = step.state;
    one("progress", shown).value = step.state === "done" || step.state === "kept" ? 1 : step.progress;
  }
}
