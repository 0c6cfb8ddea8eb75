// What a question being typed may become: people, groups, titles, questions asked before.
import { all, call, one } from "./page.js";
import { form, go, input, settle } from "./asking.js";

const WAIT_MS = 90;
const list = one("[data-suggestions]");
const korean = document.documentElement.lang === "ko";
let turn = 0;
let waiting;
let shown = [];
let at = -1;

async function look() {
  const mine = ++turn;
  const typed = input.value;
  const answer = await call("GET", `/v1/suggestions?limit=6&q=${encodeURIComponent(typed)}`).catch(() => null);
  if (mine !== turn || document.activeElement !== input) return;
  shown = (answer?.items ?? []).filter((each) => each.query !== typed.trim());
  list.replaceChildren(...shown.map(option));
  list.hidden = !shown.length;
  at = -1;
  mark();
}

function option(each, place) {
  const row = document.createElement("li");
  row.id = `suggested-${place}`;
  row.role = "option";
  row.dataset.place = place;
  row.append(picture(each), text("b", korean ? each.label_ko : each.label_en));
  const other = korean ? each.label_en : each.label_ko;
  if (each.kind !== "question" && other !== (korean ? each.label_ko : each.label_en)) row.append(text("span", other));
  return row;
}

const text = (tag, said) => Object.assign(document.createElement(tag), { textContent: said });

function picture(each) {
  if (each.kind !== "person") return Object.assign(document.createElement("i"), { className: `kind ${each.kind}` });
  if (!each.portrait) return Object.assign(text("span", (korean ? each.label_ko : each.label_en).slice(0, 1)), { className: "face" });
  return Object.assign(document.createElement("img"), { className: "face", alt: "", src: `/v1/people/${each.id}/portrait` });
}

function mark() {
  for (const row of all("[role=option]", list)) row.setAttribute("aria-selected", String(Number(row.dataset.place) === at));
  input.setAttribute("aria-expanded", String(!list.hidden));
  input.setAttribute("aria-activedescendant", at >= 0 ? `suggested-${at}` : "");
}

function close() {
  clearTimeout(waiting);
  turn += 1;
  shown = [];
  list.hidden = true;
  at = -1;
  mark();
}

function take(each) {
  close();
  if (each.kind === "video") {
    const said = new FormData(form);
    said.delete("q");
    said.append("video", each.id);
    go(`/search?${new URLSearchParams([...said].filter(([, value]) => value !== ""))}`);
  } else {
    input.value = each.query;
    settle();
  }
  input.focus();
}

input.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, WAIT_MS);
});
input.addEventListener("keydown", (event) => {
  if (event.isComposing || list.hidden) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && !(step < 0 && at < 0)) {
    event.preventDefault();
    at = Math.min(shown.length - 1, at + step);
    mark();
  } else if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    take(shown[at]);
  } else if (event.key === "Escape") {
    event.preventDefault();
    close();
  }
});
list.addEventListener("pointerdown", (event) => {
  event.preventDefault(); // the question keeps the focus
  const row = event.target.closest("[role=option]");
  if (row) take(shown[Number(row.dataset.place)]);
});
input.addEventListener("blur", close);
form.addEventListener("submit", close);
document.addEventListener("settled", close);
