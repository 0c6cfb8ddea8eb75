// One question at a time; the next is there at once, and the list is asked for again when it runs out.
import { all, call, keys, one, renew, say, toast } from "./page.js";
import { lookBack } from "./looking_back.js";
import { nameOf, pick } from "./picker.js";
import { done } from "./undoing.js";
import "./sections.js";

const now = () => all("[data-question]").find((question) => !question.hidden);
const left = () => all("[data-question]").slice(all("[data-question]").indexOf(now())).reduce((sum, each) => sum + Number(each.dataset.seconds), 0);
let settled = 0;
let answering = false;

async function yes() {
  const { person, name } = now().dataset;
  if (person) await is({ person_id: person }, name);
}

async function is(body, called) {
  const decision = await call("POST", `/v1/strangers/${now().dataset.stranger}/name`, body);
  answered(say("named", { name: called }), undoing(decision));
  lookBack(decision, body.person_id, called);
}

async function no() {
  const { person, name, stranger } = now().dataset;
  if (!person) return;
  const decision = await call("POST", `/v1/strangers/${stranger}/is-not`, { person_id: person });
  answered(say("ruled_is_not", { name }), undoing(decision));
}

async function who() {
  const { nearest, face } = now().dataset;
  const chosen = await pick(say("who"), { nearest: JSON.parse(nearest), picture: face });
  if (!chosen) return;
  if (chosen.person) await is({ person_id: chosen.person.id }, nameOf(chosen.person));
  else await is({ name: chosen.name, group: chosen.group }, chosen.name);
}

const undoing = (decision) => [["POST", `/v1/decisions/${decision.id}/undo`]];

function answered(text, back) {
  const seconds = Number(now().dataset.seconds);
  settled += seconds;
  done(text, back, async () => {
    settled -= seconds;
    await renew();
    tell();
  });
  next();
}

function next() {
  const before = now();
  before.hidden = true;
  const following = before.nextElementSibling;
  if (following?.matches("[data-question]")) following.hidden = false;
  before.remove();
  tell();
  if (!now()) again();
  else one(".btn.pri", now()).focus();
}

// Answers settle more than they were asked for: what is still uncertain is asked anew.
async function again() {
  await renew();
  tell();
}

function skip() {
  const question = now();
  const following = question.nextElementSibling;
  if (!following?.matches("[data-question]")) {
    question.remove();
    one("[data-no-more]").hidden = false;
    return tell();
  }
  question.hidden = true;
  following.hidden = false;
  question.remove();
  tell();
}

function tell() {
  const shown = one("[data-settled]");
  shown.hidden = !settled && !now();
  one("[data-told]").textContent = say("settled", { n: settled.toFixed(0), left: left().toFixed(0) });
  one("progress", shown).value = settled / (settled + left() || 1);
}

async function hide() {
  const { stranger } = now().dataset;
  if (!stranger) return;
  await call("POST", `/v1/strangers/${stranger}/hide`);
  answered(say("hidden"), [["POST", `/v1/strangers/${stranger}/show`]]);
}

const acts = { yes, no, who, hide, skip };
async function act(name) {
  if (!now() || answering) return;
  answering = true;
  try {
    await acts[name]();
  } catch (error) {
    toast(error.message);
  }
  answering = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-answer]");
  if (button) act(button.dataset.answer);
  if (event.target.closest("[data-again]")) again();
});
keys({ KeyY: () => act("yes"), KeyN: () => act("no"), KeyW: () => act("who"), KeyH: () => act("hide"), ArrowRight: () => act("skip") });
tell();
