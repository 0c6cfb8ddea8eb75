// Who may appear in a video or a series: only these are compared, everybody else stays unknown.
import { all, call, one, say } from "./page.js";
import { nameOf, pick } from "./picker.js";
import { done } from "./undoing.js";

const form = one("[data-line-up]");

export function prepareLineUp(video) {
  if (!form) return;
  form.addEventListener("click", async (event) => {
    if (event.target.closest("[data-take-out]")) event.target.closest("[data-kind]").remove();
    if (event.target.closest("[data-add-person]")) await addPerson();
    show();
  });
  one("[data-add-group]", form).addEventListener("change", (event) => {
    const chosen = event.target.selectedOptions[0];
    if (chosen.value) add("groups", chosen.value, chosen.textContent, "plain");
    event.target.value = "";
    show();
  });
  one("select[data-series]", form).addEventListener("change", show);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(video);
  });
  show();
}

async function addPerson() {
  const chosen = await pick(say("who_may_appear"), { fresh: false, without: ids("people") });
  if (chosen) add("people", chosen.person.id, nameOf(chosen.person), `c${chosen.person.colour % 8}`);
}

function add(kind, id, name, look) {
  if (ids(kind).includes(id)) return;
  const chip = one("template", form).content.firstElementChild.cloneNode(true);
  Object.assign(chip.dataset, { kind, id });
  chip.classList.add(look);
  chip.prepend(name);
  one("[data-chosen]", form).append(chip);
}

const ids = (kind) => all(`[data-kind="${kind}"]`, form).map((chip) => chip.dataset.id);

function show() {
  one("[data-anybody]", form).hidden = ids("people").length + ids("groups").length > 0;
  one("[data-series-name]", form).hidden = one("select[data-series]", form).value !== "new";
}

const put = (video, said) => (said ? ["PUT", `/v1/videos/${video}/line-up`, said] : ["DELETE", `/v1/videos/${video}/line-up`]);

async function save(video) {
  const problem = one("[data-problem]", form);
  problem.textContent = "";
  const before = JSON.parse(form.dataset.lineUp);
  const said = { people: ids("people"), groups: ids("groups") };
  const now = said.people.length + said.groups.length ? said : null;
  try {
    await putSeries(video, now);
    const shared = one("[data-for-series]", form).checked;
    if (shared || JSON.stringify(now) !== JSON.stringify(before)) await call(...put(video, shared ? null : now));
    form.dataset.lineUp = JSON.stringify(now);
    form.closest("dialog").close();
    done(say("line_up_saved"), [put(video, before)]);
  } catch (error) {
    problem.textContent = error.message;
  }
}

// A series carries a line-up for all of its videos; a video's own stands above it.
async function putSeries(video, lineUp) {
  const select = one("select[data-series]", form);
  const shared = one("[data-for-series]", form).checked;
  let series = select.value || null;
  if (series === "new") {
    const name = one("[data-series-name] input", form).value.trim();
    if (!name) throw new Error(say("series_needs_name"));
    const made = await call("POST", "/v1/series", { name, line_up: shared ? lineUp : null });
    series = made.id;
    select.add(new Option(made.name, made.id, true, true));
  } else if (series && shared) {
    const name = select.selectedOptions[0].textContent;
    await call("PUT", `/v1/series/${series}`, { name, line_up: lineUp });
  }
  if (series !== (form.dataset.series || null)) await call("PUT", `/v1/videos/${video}/series`, { series_id: series });
  form.dataset.series = series ?? "";
}
