// What a person decided, said at the foot of the page, with the way back: a button, and U.
import { call, keys, say, toast } from "./page.js";

let newest = null;

// `decisions` were just made; `after` runs once they are taken back.
export function decided(text, decisions, after = () => {}) {
  const step = {
    shown: null,
    async undo() {
      if (newest === step) newest = null;
      step.shown?.remove();
      try {
        for (const decision of [...decisions].reverse()) await call("POST", `/v1/decisions/${decision.id}/undo`);
        toast(say("taken_back"));
      } catch (error) {
        toast(error.message);
      }
      await after();
    },
  };
  offer(text, step);
}

// The same for anything else that can be taken back: `back` does it.
export function done(text, back) {
  const step = {
    shown: null,
    async undo() {
      if (newest === step) newest = null;
      step.shown?.remove();
      try {
        await back();
        toast(say("taken_back"));
      } catch (error) {
        toast(error.message);
      }
    },
  };
  offer(text, step);
}

function offer(text, step) {
  newest?.shown?.remove();
  newest = step;
  step.shown = toast(text, { label: say("undo"), key: "U", act: step.undo });
}

keys({ KeyU: () => newest?.undo() });
