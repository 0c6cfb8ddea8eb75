// The address is the state: what is typed, chosen and taken away is asked at once, and shown without a flicker.
import { all, one, part } from "./page.js";

const WAIT_MS = 160;
const RETRY_MS = 3000;
const BUSY_MS = 250; // an answer that comes sooner needs no sign that it is awaited
export const form = one("[data-ask]");
export const input = one("[data-find]", form);
const found = one("[data-found]");
let turn = 0;
let asking = null;
let typing = 0;
let later = 0;
let settled = location.pathname + location.search; // the address that Back returns to

export const settledOn = () => document.dispatchEvent(new CustomEvent("settled"));

// What the form and the filters beside it ask.
function written() {
  const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
  return `/search${pairs.length ? `?${new URLSearchParams(pairs)}` : ""}`;
}

// Shows the answer to an address. Of several asked in a row only the last is shown, whichever comes first.
async function show(address) {
  const mine = ++turn;
  asking?.abort();
  asking = new AbortController();
  clearTimeout(later);
  const busy = setTimeout(() => form.classList.add("waiting"), BUSY_MS);
  const fresh = await part(address.replace("/search", "/parts/search"), asking.signal).catch(() => null);
  clearTimeout(busy);
  if (mine !== turn) return false;
  form.classList.remove("waiting");
  if (!fresh) {
    failed();
    return false;
  }
  found.classList.remove("stale");
  one("[data-offline]").hidden = true;
  take(fresh.body);
  document.title = `${input.value.trim() || document.title.split(" · ")[0]} · Scenedesk`;
  document.dispatchEvent(new CustomEvent("found"));
  return true;
}

// What is shown stays; that it is no answer to what is written now is seen.
function failed() {
  found.classList.add("stale");
  one("[data-offline]").hidden = false;
  later = setTimeout(retry, RETRY_MS);
  addEventListener("online", retry, { once: true });
}
const retry = () => show(location.pathname + location.search);

// Hits that are in both answers stay the elements they were: their pictures are not loaded again.
function take(fresh) {
  const before = new Map(all("[data-hit]", found).map((hit) => [hit.dataset.hit, hit]));
  for (const hit of all("[data-hit]", fresh)) {
    const old = before.get(hit.dataset.hit);
    if (old && plain(old) === plain(hit)) hit.replaceWith(old);
    else if (old) keepPicture(old, hit);
  }
  found.replaceChildren(...fresh.childNodes);
}

function keepPicture(old, hit) {
  const was = one("img[data-picture]", old);
  const now = one("img[data-picture]", hit);
  if (was && now && was.getAttribute("src") === now.getAttribute("src")) now.replaceWith(was);
}

function plain(hit) {
  const copy = hit.cloneNode(true);
  copy.classList.remove("sel");
  for (const clip of all("video", copy)) clip.remove();
  for (const opened of all("details", copy)) opened.open = false;
  for (const ready of all("[data-ready]", copy)) ready.removeAttribute("data-ready");
  return copy.innerHTML;
}

// While typing the address is renewed in place; what is settled on is a step that Back goes back over.
async function ask(address, { step, again = false }) {
  clearTimeout(typing);
  if (step && address !== settled) history.pushState({}, "", address);
  else history.replaceState({}, "", address);
  if (step) settled = address;
  if (again || address !== shown) {
    shown = address;
    await show(address);
  }
  if (step) settledOn();
}
let shown = location.pathname + location.search;

export const settle = () => ask(written(), { step: true });

export function go(address) {
  fill(new URL(address, location.href));
  return ask(address, { step: true, again: true });
}

// The form as an address says it.
function fill(url) {
  const said = url.searchParams;
  input.value = said.get("q") ?? "";
  for (const control of all("[name]", one("[data-conditions]", form))) {
    if (control.type === "checkbox") control.checked = said.getAll(control.name).includes(control.value);
    else control.value = said.get(control.name) ?? "";
  }
}

input.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(() => ask(written(), { step: false }), WAIT_MS);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  settle();
});
one("[data-conditions]", form).addEventListener("change", settle);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-here]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(link.getAttribute("href"));
});
addEventListener("popstate", () => {
  if (location.pathname !== "/search") return;
  settled = shown = location.pathname + location.search;
  fill(new URL(location.href));
  show(shown).then(settledOn);
});
document.addEventListener("click", (event) => {
  const sheet = one("[data-conditions]", form);
  if (sheet.open && !sheet.contains(event.target)) sheet.open = false;
});
