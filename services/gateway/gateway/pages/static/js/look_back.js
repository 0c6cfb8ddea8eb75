// Older faces that would be named otherwise: ticked, unticked, approved at once, and taken back.
import { all, call, keys, one, renew, say, toast } from "./page.js";
import { decided } from "./undoing.js";

const form = () => one("[data-look-back]");
const boxes = (root = form()) => all("input[type=checkbox]", root);
const ticked = () => boxes().filter((box) => box.checked);

function count() {
  const shown = one("[data-count]");
  if (shown) shown.textContent = ticked().length;
}

function step(by) {
  const at = boxes().indexOf(document.activeElement);
  const next = boxes()[Math.max(0, Math.min(boxes().length - 1, at + by))];
  next?.focus({ preventScroll: true });
  next?.closest(".renaming").scrollIntoView({ block: "nearest" });
}

const never = (box) => one("[data-never]", box.closest(".renaming"));
const isNever = (box) => never(box).getAttribute("aria-pressed") === "true";

function turnNever(box) {
  const on = !isNever(box);
  never(box).setAttribute("aria-pressed", String(on));
  if (on) box.checked = false;
  count();
}

async function approve() {
  const track_ids = ticked().map((box) => box.value);
  const rejected = boxes().filter(isNever).map((box) => box.value);
  if (!track_ids.length && !rejected.length) return toast(say("tick_one"));
  const button = one(".btn.pri", form());
  button.disabled = true;
  try {
    const decision = await call("POST", `/v1/people/${form().dataset.lookBack}/look-back`, { track_ids, rejected });
    show(decision, track_ids.length);
  } catch (error) {
    toast(error.message);
    button.disabled = false;
  }
}

// What was done: which videos changed, each a link, and the way back.
function show(decision, faces) {
  const titles = new Map(all(".by-video h2 a").map((link) => [link.getAttribute("href").split("/").pop(), link]));
  one("[data-what]").textContent = say("renamed_faces", { n: faces, name: form().dataset.name });
  one("[data-changed]").replaceChildren(...decision.edits.map((edit) => {
    const row = document.createElement("li");
    const link = titles.get(edit.video_id)?.cloneNode(true);
    if (link) row.append(link, ` · ${say("version", { n: edit.version })}`);
    return row;
  }));
  form().hidden = true;
  one("[data-approved]").hidden = false;
  one("[data-approved] .btn.pri").focus();
  decided(say("renamed_faces", { n: faces, name: form().dataset.name }), [decision], async () => {
    one("[data-approved]").hidden = true;
    await renew();
  });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-look-back]")) return;
  event.preventDefault();
  approve();
});
document.addEventListener("change", (event) => {
  if (event.target.checked && isNever(event.target)) turnNever(event.target);
  count();
});
document.addEventListener("renewed", count);
document.addEventListener("click", (event) => {
  const every = event.target.closest("[data-all]");
  if (every) {
    const own = boxes(every.closest(".by-video"));
    const on = own.some((box) => !box.checked);
    for (const box of own) box.checked = on;
    count();
  }
  const button = event.target.closest("[data-never]");
  if (button) {
    event.preventDefault();
    turnNever(one("input", button.closest(".renaming")));
  }
  if (event.target.closest("[data-undo]")) one(".toast button")?.click();
});

// Boxes are inputs: what is pressed on one still means the list.
document.addEventListener("keydown", (event) => {
  if (!event.target.matches(".renaming input") || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = { KeyJ: () => step(1), KeyK: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), KeyA: approve, KeyN: () => turnNever(event.target) }[event.code];
  if (!act) return;
  event.preventDefault();
  act();
});
keys({ KeyJ: () => step(1), KeyK: () => step(-1), ArrowDown: () => step(1), ArrowUp: () => step(-1), KeyA: () => !form().hidden && approve() });
count();
