// What a person decided, said at the foot of the page, with the way back: a button, and U.
import { call, keys, say, toast } from "./page.js";

const KEPT = "undo";
let newest = null;

// `decisions` were just made; `after` runs once they are taken back.
export function decided(text, decisions, after) {
  done(text, [...decisions].reverse().map((decision) => ["POST", `/v1/decisions/${decision.id}/undo`]), after);
}

// The same for anything that `requests` take back: [method, address, body].
export function done(text, requests, after = () => {}) {
  newest?.shown.remove();
  const step = { requests, after };
  step.undo = () => undo(step);
  step.shown = toast(text, { label: say("undo"), key: "U", act: step.undo });
  newest = step;
}

// Said on the page that comes next, which is rendered anew when it is taken back.
export function doneThere(address, text, requests) {
  sessionStorage.setItem(KEPT, JSON.stringify({ text, requests }));
  location.assign(address);
}

async function undo(step) {
  if (newest === step) newest = null;
  step.shown.remove();
  try {
    for (const [method, address, body] of step.requests) await call(method, address, body);
    toast(say("taken_back"));
  } catch (error) {
    toast(error.message);
  }
  await step.after();
}

const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
sessionStorage.removeItem(KEPT);
if (kept) done(kept.text, kept.requests, () => location.reload());

keys({ KeyU: () => newest?.undo() });
