// Older faces that would now be named otherwise: offered, never done.
import { say, toast } from "./page.js";

export function lookBack(decision, person, name) {
  if (!decision.look_back || !person) return;
  toast(say("look_back", { name, n: decision.look_back }), {
    label: say("look"),
    act: () => location.assign(`/people/${person}/look-back`),
  });
}
