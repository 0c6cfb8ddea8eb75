// Faces nobody has named: name, merge, hide; open one to split it.
import { Browsing } from "./browsing.js";
import { all, call, keys, one, renew, say, toast } from "./page.js";
import { nameOf, pick } from "./picker.js";
import { lookBack } from "./looking_back.js";
import { decided, done } from "./undoing.js";
import "./sections.js";

const browsing = new Browsing("[data-stranger]", "stranger");
const boxes = () => all(".pickbox").filter((box) => box.checked);

async function tried(work) {
  try {
    await work();
  } catch (error) {
    toast(error.message);
  }
}

export const name = (stranger) => tried(async () => {
  const nearest = JSON.parse(stranger.dataset.nearest);
  const chosen = await pick(say("who"), { nearest, picture: stranger.dataset.face });
  if (!chosen) return;
  const body = chosen.person ? { person_id: chosen.person.id } : { name: chosen.name, group: chosen.group };
  await named(stranger, body, chosen.person ? nameOf(chosen.person) : chosen.name);
});

const isPerson = (stranger, button) => tried(() => named(stranger, { person_id: button.dataset.person }, button.dataset.name));

async function named(stranger, body, called) {
  if (stranger.ariaBusy === "true") return; // it is learnt from as well, which takes seconds
  stranger.ariaBusy = "true";
  try {
    await saidToBe(stranger, body, called);
  } finally {
    stranger.ariaBusy = null;
  }
}

async function saidToBe(stranger, body, called) {
  const decision = await call("POST", `/v1/strangers/${stranger.dataset.stranger}/name`, body);
  decided(say("named", { name: called }), [decision], renew);
  await lookBack(decision, body.person_id, called);
  await renew();
}

const hide = (stranger) => tried(async () => {
  const address = `/v1/strangers/${stranger.dataset.stranger}`;
  const [act, back] = stranger.dataset.state === "hidden" ? ["show", "hide"] : ["hide", "show"];
  await call("POST", `${address}/${act}`);
  done(say(act === "hide" ? "hidden" : "shown_again"), [["POST", `${address}/${back}`]], renew);
  await renew();
});

const merge = () => tried(async () => {
  const ids = boxes().map((box) => box.value);
  if (ids.length < 2) return toast(say("select_two"));
  const decision = await call("POST", "/v1/strangers/merge", { ids });
  decided(say("merged_faces", { n: ids.length }), [decision], renew);
  await renew();
  count();
});

function select(stranger) {
  const box = one(".pickbox", stranger);
  box.checked = !box.checked;
  count();
}

function clear() {
  for (const box of boxes()) box.checked = false;
  count();
}

function count() {
  const { length } = boxes();
  one("[data-selected]").hidden = length === 0;
  one("[data-count]").textContent = say("selected", { n: length });
}

const open = (stranger) => location.assign(one("[data-open-stranger]", stranger).href);
const acts = { name, hide, merge, clear, is: isPerson };

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) acts[button.dataset.act](button.closest("[data-stranger]"), button);
});
document.addEventListener("change", (event) => event.target.matches(".pickbox") && count());
document.addEventListener("renewed", count);

const chosen = (act) => () => browsing.chosen && act(browsing.chosen);
const nth = (place) => chosen((stranger) => {
  const near = all('[data-act="is"]', stranger)[place];
  if (near) isPerson(stranger, near);
});

keys({
  KeyJ: () => browsing.step(1),
  KeyK: () => browsing.step(-1),
  ArrowDown: () => browsing.step(1),
  ArrowUp: () => browsing.step(-1),
  1: nth(0),
  2: nth(1),
  3: nth(2),
  KeyN: chosen(name),
  KeyH: chosen(hide),
  KeyX: chosen(select),
  KeyM: merge,
  KeyS: chosen(open),
  Escape: clear,
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-stranger]")) open(event.target);
});
