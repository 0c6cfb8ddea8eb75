// What was collected: pictures and videos that wait for a yes, and the searches that bring them.
import { Browsing } from "./browsing.js";
import { all, call, keys, one, openDialog, ours, renew, say, toast } from "./page.js";
import { nameOf, pick } from "./picker.js";
import { done } from "./undoing.js";
import "./sections.js";

const browsing = new Browsing("[data-candidate]", "candidate");
const WATCH_MS = 2000;
const PATIENCE_MS = 11000; // as long as the toast offers to take it back

// Decided here and not yet, or no longer, listed: put away at once, and kept away while the list is renewed.
const away = new Set();
document.addEventListener("renewed", settle);

function settle() {
  for (const candidate of all("[data-candidate]")) candidate.hidden = away.has(candidate.dataset.candidate);
  browsing.step(0);
}

function putAway(id, is = true) {
  if (is) away.add(id);
  else away.delete(id);
  settle();
}

// One after the other, so that what was decided last is what is taken back.
let work = Promise.resolve();

function approve({ dataset: { candidate: id } }) {
  putAway(id);
  work = work.then(flush).then(() => approved(id));
}

async function approved(id) {
  try {
    const { reference_id } = await call("POST", `/v1/candidates/${id}/approve`);
    if (reference_id) done(say("taken"), [["DELETE", `/v1/references/${reference_id}`]]);
    else toast(say("taken"));
  } catch (error) {
    putAway(id, false);
    toast(error.message);
  }
  await renew();
}

// A refusal deletes the picture: it is sent once it can't be taken back any more.
let refused = null;

function reject({ dataset: { candidate: id } }) {
  putAway(id);
  work = work.then(flush).then(() => refuse(id));
}

function refuse(id) {
  refused = { id, sending: setTimeout(flush, PATIENCE_MS) };
  done(say("rejected"), [], () => {
    clearTimeout(refused?.sending);
    refused = null;
    putAway(id, false);
  });
}

async function flush() {
  if (!refused) return;
  const { id, sending } = refused;
  refused = null;
  clearTimeout(sending);
  await fetch(`/v1/candidates/${id}/reject`, { method: "POST", keepalive: true, headers: ours() }).catch(() => toast(say("failed")));
  if (!document.hidden) await renew();
}
addEventListener("pagehide", flush);

const decide = { approve, reject };

const chosen = (act) => () => browsing.chosen && act(browsing.chosen);
keys({
  KeyJ: () => browsing.step(1),
  KeyK: () => browsing.step(-1),
  ArrowRight: () => browsing.step(1),
  ArrowLeft: () => browsing.step(-1),
  KeyY: chosen(approve),
  KeyN: chosen(reject),
  KeyO: chosen((candidate) => one("[data-from]", candidate).click()),
  KeyC: () => openDialog("collect"),
});

document.addEventListener("click", async (event) => {
  const act = event.target.closest("[data-act]");
  if (act) decide[act.dataset.act](act.closest("[data-candidate]"));
  const stop = event.target.closest("[data-stop]");
  if (!stop) return;
  stop.disabled = true;
  await call("POST", `/v1/collections/${stop.dataset.stop}/cancel`).catch((error) => toast(error.message));
  await renew();
});

// ---- starting a collection

const form = one("[data-collect]");
let kind = "people";

function turn(to) {
  kind = to;
  for (const tab of all("[data-kind]", form)) tab.setAttribute("aria-selected", String(tab.dataset.kind === kind));
  for (const body of all("[data-of]", form)) body.hidden = body.dataset.of !== kind;
}

async function choosePerson() {
  const answer = await pick(say("who_to_collect"), { fresh: false });
  if (answer) take(answer.person.id, nameOf(answer.person));
}

function take(id, name) {
  const button = one("[data-choose-person]", form);
  button.dataset.person = id;
  button.textContent = name;
}

form.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-kind]");
  if (tab) turn(tab.dataset.kind);
  if (event.target.closest("[data-choose-person]")) choosePerson();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = one("[data-problem]", form);
  problem.textContent = "";
  try {
    await start(new FormData(form));
    form.closest("dialog").close();
    await renew();
    watch();
  } catch (error) {
    problem.textContent = error.message;
  }
});

function start(said) {
  const shared = { rights: said.get("rights"), limit: Number(said.get("limit")) };
  if (kind === "videos") {
    return call("POST", "/v1/collections/videos", { ...shared, [said.get("where")]: said.get("what"), review: said.has("review") });
  }
  const { person } = one("[data-choose-person]", form).dataset;
  if (!person) throw new Error(say("choose_person"));
  return call("POST", `/v1/people/${person}/collect`, { ...shared, consent: said.get("consent"), query: said.get("query") || null });
}

const asked = new URLSearchParams(location.search).get("collect");
if (asked) {
  call("GET", `/v1/people/${asked}`).then((person) => {
    take(person.id, nameOf(person));
    openDialog("collect");
  }, () => {});
}

// ---- following those at work

let watching = null;
async function watch() {
  clearTimeout(watching);
  if (!one('[data-collection][data-state="running"], [data-collection][data-state="queued"]')) return;
  watching = setTimeout(async () => {
    if (!document.hidden && !refused && !one("dialog[open]")) await renew();
    watch();
  }, WATCH_MS);
}
watch();
