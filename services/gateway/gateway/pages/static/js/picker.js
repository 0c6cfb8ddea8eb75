// Who is it? Somebody near, somebody known by name, or somebody new.
import { all, call, one, say } from "./page.js";

const WAIT_MS = 120;
const dialog = document.getElementById("picker");
const input = dialog && one("[data-who]", dialog);
const list = dialog && one("[data-options]", dialog);
const group = dialog && one("[data-group]", dialog);
const known = new Map();
let asked = null; // what is being picked now: { options, settle }
let shown = [];
let at = 0;
let turn = 0;

// Settles with { person }, { name, group }, or null when nobody was chosen. `nearest` come first: [{ person_id, probability }].
export function pick(title, { nearest = [], picture = null, fresh = true, without = [] } = {}) {
  one("[data-title]", dialog).textContent = title;
  const face = one("[data-face]", dialog);
  face.hidden = !picture;
  if (picture) face.src = picture;
  input.value = "";
  one("[data-group-of]", dialog).hidden = true;
  list.replaceChildren();
  return new Promise((settle) => {
    asked = { nearest, fresh, without: new Set(without), settle };
    dialog.showModal();
    input.focus();
    look();
  });
}

export async function personOf(id) {
  if (!known.has(id)) known.set(id, await call("GET", `/v1/people/${id}`).catch(() => null));
  return known.get(id);
}

export const nameOf = (person) => (document.documentElement.lang === "ko" ? person.name_ko : person.name_en);

async function look() {
  const mine = ++turn;
  const wanted = input.value.trim();
  const found = wanted ? await named(wanted) : await suggested();
  if (mine !== turn || !asked) return;
  shown = found.filter(({ person }) => person && !person.merged_into && !asked.without.has(person.id)).slice(0, 9);
  if (wanted && asked.fresh) shown.push({ name: wanted });
  at = 0;
  list.replaceChildren(...shown.map(option));
  one("[data-nobody]", dialog).hidden = shown.length > 0;
  mark();
}

async function named(wanted) {
  const page = await call("GET", `/v1/people?limit=12&q=${encodeURIComponent(wanted)}`).catch(() => ({ items: [] }));
  const like = new Map(asked?.nearest.map((near) => [near.person_id, near]));
  return page.items.map((person) => ({ person, near: like.get(person.id) }));
}

async function suggested() {
  const near = await Promise.all((asked?.nearest ?? []).slice(0, 3).map(async (each) => ({ person: await personOf(each.person_id), near: each })));
  const page = await call("GET", "/v1/people?limit=12").catch(() => ({ items: [] }));
  const there = new Set(near.map(({ person }) => person?.id));
  return [...near, ...page.items.filter((person) => !there.has(person.id)).map((person) => ({ person }))];
}

function option(choice, place) {
  const row = document.createElement("li");
  row.id = `who-${place}`;
  row.role = "option";
  row.dataset.place = place;
  if (choice.person) row.append(face(choice.person), strong(nameOf(choice.person)), other(choice.person));
  else row.append(plus(), strong(say("new_person", { name: choice.name })));
  if (choice.near) row.append(sure(choice.near), key(place + 1));
  return row;
}

function face(person) {
  const colour = `face c${person.colour % 8}`;
  if (!person.references) return Object.assign(document.createElement("span"), { className: colour, textContent: nameOf(person)[0] });
  return Object.assign(document.createElement("img"), { className: colour, src: `/v1/people/${person.id}/portrait`, alt: "" });
}

const plus = () => Object.assign(document.createElement("span"), { className: "face cu", textContent: "+" });
const strong = (text) => Object.assign(document.createElement("b"), { textContent: text });
const key = (text) => Object.assign(document.createElement("kbd"), { textContent: text });
const sure = (near) => Object.assign(document.createElement("span"), { className: "tc", textContent: near.probability.toFixed(2) });

function other(person) {
  const second = document.documentElement.lang === "ko" ? person.name_en : person.name_ko;
  return Object.assign(document.createElement("span"), { className: "small grow", textContent: second === nameOf(person) ? "" : second });
}

function mark() {
  for (const row of all("[role=option]", list)) row.setAttribute("aria-selected", String(Number(row.dataset.place) === at));
  const row = one(`#who-${at}`, list);
  input.setAttribute("aria-activedescendant", row?.id ?? "");
  row?.scrollIntoView({ block: "nearest" });
}

// Somebody new is asked for their group first; it may stay empty.
function choose(choice) {
  if (!choice) return;
  const asking = one("[data-group-of]", dialog);
  if (choice.person || !asking.hidden) return settle(choice.person ? choice : { ...choice, group: group.value.trim() || null });
  asking.hidden = false;
  group.value = "";
  group.focus();
}

function settle(choice) {
  const { settle: answer } = asked ?? {};
  asked = null;
  if (dialog.open) dialog.close();
  answer?.(choice ?? null);
}

if (dialog) {
  let waiting;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const near = !input.value && /^[1-3]$/.test(event.key) && shown[Number(event.key) - 1]?.near ? shown[Number(event.key) - 1] : null;
    if (!step && !near && event.key !== "Enter") return;
    event.preventDefault();
    if (near) return settle(near);
    if (event.key === "Enter") return choose(shown[at]);
    at = Math.min(shown.length - 1, Math.max(0, at + step));
    mark();
  });
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[role=option]");
    if (row) choose(shown[at = Number(row.dataset.place)]);
  });
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) choose({ name: input.value.trim() });
  });
  one("[data-make]", dialog).addEventListener("click", () => choose({ name: input.value.trim() }));
  dialog.addEventListener("close", () => settle(null));
}
