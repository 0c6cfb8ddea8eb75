// One stranger's faces: those that are somebody else are chosen and split off.
import { all, call, keys, one, renew, say, toast } from "./page.js";
import { lookBack } from "./looking_back.js";
import { nameOf, pick } from "./picker.js";
import { decided } from "./undoing.js";
import "./sections.js";

const root = () => one("[data-stranger]");
const faces = () => all("[data-track]");
const pressed = () => faces().filter((face) => face.getAttribute("aria-pressed") === "true");

function count() {
  const { length } = pressed();
  one("[data-count]").textContent = length ? say("selected", { n: length }) : "";
  one('[data-act="split"]').disabled = length === 0 || length === faces().length;
  one('[data-act="look"]').disabled = length === 0;
}

function move(by) {
  const at = faces().indexOf(document.activeElement);
  faces()[Math.max(0, Math.min(faces().length - 1, at + by))]?.focus();
}

const acts = {
  async split() {
    const track_ids = pressed().map((face) => face.dataset.track);
    if (!track_ids.length || track_ids.length === faces().length) return;
    const decision = await call("POST", `/v1/strangers/${root().dataset.stranger}/split`, { track_ids });
    decided(say("split_off", { n: track_ids.length }), [decision], renew);
    await renew();
  },
  async name() {
    const chosen = await pick(say("who"), { nearest: JSON.parse(root().dataset.nearest) });
    if (!chosen) return;
    const body = chosen.person ? { person_id: chosen.person.id } : { name: chosen.name, group: chosen.group };
    const decision = await call("POST", `/v1/strangers/${root().dataset.stranger}/name`, body);
    const called = chosen.person ? nameOf(chosen.person) : chosen.name;
    decided(say("named", { name: called }), [decision], () => location.reload());
    lookBack(decision, body.person_id, called);
    for (const button of all("[data-act]")) button.disabled = true;
  },
  look() {
    const [face] = pressed();
    if (face) location.assign(face.dataset.link);
  },
};

const act = (name) => acts[name]()?.catch((error) => toast(error.message));

document.addEventListener("click", (event) => {
  const face = event.target.closest("[data-track]");
  if (face) face.setAttribute("aria-pressed", String(face.getAttribute("aria-pressed") !== "true"));
  const button = event.target.closest("[data-act]");
  if (button) act(button.dataset.act);
  count();
});
document.addEventListener("renewed", count);

keys({
  ArrowRight: () => move(1),
  ArrowLeft: () => move(-1),
  KeyS: () => act("split"),
  KeyN: () => act("name"),
  KeyV: () => act("look"),
});
count();
