// What every page does: words, dialogs, keys, toasts, what is being indexed, pictures that are not there.
const said = JSON.parse(document.body.dataset.words);

// A sentence of the page's language; `%(name)s` in it stands for a value of `values`.
export const say = (name, values = {}) => (said[name] ?? name).replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const one = (selector, root = document) => root.querySelector(selector);

// A short word at the foot of the page. With an `action` it stays long enough to be read and reached.
export function toast(text, action = null) {
  const shown = document.createElement("div");
  shown.className = "toast";
  shown.textContent = text;
  if (action) shown.append(" · ", toastButton(shown, action));
  one("[data-toasts]").append(shown);
  leaveAfter(shown, action ? 12000 : 4000);
  return shown;
}

function toastButton(shown, { label, key, act }) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  if (key) button.append(" ", Object.assign(document.createElement("kbd"), { textContent: key }));
  button.addEventListener("click", () => {
    shown.remove();
    act();
  });
  return button;
}

function leaveAfter(shown, ms) {
  let leaving = setTimeout(() => shown.remove(), ms);
  for (const name of ["pointerenter", "focusin"]) shown.addEventListener(name, () => clearTimeout(leaving));
  for (const name of ["pointerleave", "focusout"]) shown.addEventListener(name, () => { leaving = setTimeout(() => shown.remove(), ms / 2); });
}

// What changed is fetched anew from where it was rendered: each part named `data-renew` replaces the one it was.
export async function renew() {
  const fresh = await part(location.href);
  if (!fresh) return null;
  for (const old of all("[data-renew]")) {
    const now = one(`[data-renew="${old.dataset.renew}"]`, fresh);
    if (now) old.replaceWith(now);
    else old.remove();
  }
  document.dispatchEvent(new CustomEvent("renewed"));
  return fresh;
}

// What tells the server that one of its own pages asks; every request that changes something carries it.
export const ours = () => ({ "Scenedesk-Door": "page", ...(document.body.dataset.csrf ? { "Scenedesk-CSRF": document.body.dataset.csrf } : {}) });

const NOT_SIGNED_IN = 401;

// Said once, with the way back to this very page: what was being typed is kept and waits there.
let told = null;
export function signedOut() {
  if (told?.isConnected) return;
  const go = () => location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  told = toast(say("signed_out"), { label: say("sign_in"), act: go });
}

export const isSignedOut = (response) => response?.status === NOT_SIGNED_IN && (signedOut(), true);

// Changes this page asked for and has no answer to yet: whoever hears of a change waits for these to know whose it is.
const asked = new Set();
export const answered = () => Promise.allSettled(asked);

// A request to the REST; a refusal becomes an Error whose message is the problem's sentence. Timelines that moved on by
// it are told as a `moved` event, before whoever asked goes on.
export function call(method, address, body) {
  const answer = requested(method, address, body);
  if (method === "GET") return answer;
  asked.add(answer);
  answer.catch(() => {}).finally(() => asked.delete(answer));
  return answer;
}

async function requested(method, address, body) {
  const options = { method, headers: { Accept: "application/json", ...ours() } };
  if (method === "POST") options.headers["Idempotency-Key"] = newKey();
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  const response = await fetch(address, options).catch(() => null);
  if (!response) throw new Error(say("failed"));
  const answer = response.status === 204 ? null : await response.json().catch(() => null);
  isSignedOut(response);
  if (!response.ok) throw new Error(answer?.detail ?? say("failed"));
  if (method !== "GET" && answer?.edits) document.dispatchEvent(new CustomEvent("moved", { detail: answer.edits }));
  return answer;
}

// crypto.randomUUID is there only on HTTPS and localhost.
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

export async function part(address, signal) {
  const response = await fetch(address, { signal });
  if (isSignedOut(response) || !response.ok) return null;
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// Keys work where nobody is writing. `actions` maps KeyboardEvent.code or .key to a function.
export function keys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog:modal")) return;
    const action = actions[(event.shiftKey ? "Shift+" : "") + event.code] ?? actions[event.key];
    if (!action) return;
    if (event.code === "Space" && event.target.closest("button, a, summary, input")) return;
    if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
    event.preventDefault();
    action(event);
  });
}

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
  return dialog;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) openDialog(opener.dataset.open);
  if (event.target.closest("[data-close]") || event.target instanceof HTMLDialogElement) event.target.closest("dialog").close();
  const copied = event.target.closest("[data-copy]");
  if (copied) copy(new URL(copied.dataset.copy, location.href).href);
  const more = event.target.closest("[data-more]");
  if (more) {
    event.preventDefault();
    loadMore(more);
  }
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(say("copied"));
  } catch {
    toast(text);
  }
}

async function loadMore(link) {
  link.setAttribute("aria-busy", "true");
  const next = await part(link.href);
  const target = link.dataset.more;
  if (!next || !one(target, next)) return location.assign(link.href);
  one(target).append(...one(target, next).children);
  const further = one("[data-more]", next);
  if (further) link.href = further.getAttribute("href");
  else link.closest(".more").remove();
  link.removeAttribute("aria-busy");
  document.dispatchEvent(new CustomEvent("more"));
}

// A menu closes when something else is looked at.
function closeMenus(event) {
  for (const menu of all("[data-menu][open]")) {
    if (event.type === "keydown" ? event.key === "Escape" : !menu.contains(event.target)) {
      menu.open = false;
      if (event.type === "keydown") one("summary", menu).focus();
    }
  }
}
for (const name of ["click", "keydown", "focusin"]) document.addEventListener(name, closeMenus);

keys({
  "/": () => one("[data-find]")?.select(),
  "?": () => openDialog("keys"),
});

// A thumbnail that can't be made shows what is said in its place.
document.addEventListener("error", (event) => {
  const picture = event.target;
  if (!(picture instanceof HTMLImageElement)) return;
  if (picture.dataset.picture !== undefined) {
    picture.hidden = true;
    if (picture.nextElementSibling?.classList.contains("none")) picture.nextElementSibling.hidden = false;
  } else if (picture.closest(".chip, .person, .who-head")) picture.removeAttribute("src");
}, true);

// Runs, live: every page listens, whoever wants a run's news registers with `onRun`.
const listeners = [];
const working = new Map();
export const onRun = (listener) => listeners.push(listener);

export function share(run) {
  const done = run.steps.reduce((sum, step) => sum + (step.state === "done" || step.state === "kept" ? 1 : step.progress), 0);
  return run.steps.length ? done / run.steps.length : 0;
}

export const isWorking = (run) => run.state === "queued" || run.state === "running";

export function stepOf(run) {
  const over = ["done", "kept"];
  const step = run.state === "running" && run.steps.find((each) => !over.includes(each.state));
  return step ? say(`step_${step.name}`) : say("waiting");
}

function showWorking() {
  const live = one("[data-live]");
  live.hidden = working.size === 0;
  const speeds = [...working.values()].map((run) => run.realtime).filter(Boolean);
  const speed = speeds.length ? ` · ${Math.max(...speeds).toFixed(1)}× ${say("realtime")}` : "";
  one("span", live).textContent = `${say("indexing")} ${working.size}${speed}`;
}

// A browser opens six connections to a site at most: a tab nobody looks at gives its own back.
let source = null;
const LISTEN_AGAIN_MS = 5000;

function tell(run) {
  if (isWorking(run)) working.set(run.id, run);
  else working.delete(run.id);
  showWorking();
  for (const listener of listeners) listener(run);
}

// Runs that ended while nobody listened: those last heard of, and those the page was rendered with.
async function catchUp() {
  const rendered = all("[data-run]").filter((shown) => !["done", "failed", "cancelled"].includes(shown.dataset.state));
  for (const id of new Set([...working.keys(), ...rendered.map((shown) => shown.dataset.run)])) {
    const run = await call("GET", `/v1/runs/${id}`).catch(() => null);
    if (run && !isWorking(run)) tell(run);
  }
}

function listen() {
  if (document.hidden) {
    source?.close();
    source = null;
    return;
  }
  if (source) return;
  source = new EventSource("/v1/runs/events");
  source.addEventListener("run", (event) => tell(JSON.parse(event.data)));
  source.addEventListener("open", () => {
    one("[data-offline]").hidden = true;
    catchUp();
  });
  // It may merely be asking anew: only what is closed is lost, and asked for again here. Nobody else's alarm is taken back.
  source.addEventListener("error", () => {
    const closed = source?.readyState === EventSource.CLOSED;
    if (closed || !navigator.onLine) one("[data-offline]").hidden = false;
    if (closed) {
      source = null;
      setTimeout(listen, LISTEN_AGAIN_MS);
    }
  });
}
listen();
document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// What saved searches have found is counted beside "Find".
async function tellNews() {
  const badge = one("[data-news]");
  const news = await call("GET", "/v1/saved-searches/new").catch(() => null);
  if (!badge || !news) return;
  badge.hidden = news.new === 0;
  badge.textContent = news.new > 99 ? "99+" : news.new;
}
tellNews();
document.addEventListener("news", tellNews);
onRun((run) => {
  if (!isWorking(run)) tellNews();
});

document.addEventListener("click", async (event) => {
  const cancel = event.target.closest("[data-cancel]");
  const retry = event.target.closest("[data-retry]");
  const button = cancel ?? retry;
  if (!button) return;
  button.disabled = true;
  try {
    if (cancel) {
      await call("POST", `/v1/runs/${cancel.dataset.cancel}/cancel`);
      toast(say("cancelling"));
    } else {
      await call("POST", `/v1/videos/${retry.dataset.retry}/reindex`);
      toast(say("again"));
    }
  } catch (error) {
    toast(error.message);
    button.disabled = false;
  }
});
