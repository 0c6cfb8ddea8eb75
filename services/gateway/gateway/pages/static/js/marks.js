// In and out: a range marked on the timeline, to make a scene of or to fit one to.
import { one } from "./page.js";
import { element } from "./lanes.js";

export class Marks {
  onChange = () => {};
  #lanes;
  #ruler;
  in = null;
  out = null;

  constructor(lanes, ruler) {
    this.#lanes = lanes;
    this.#ruler = ruler;
  }

  setIn(ms) {
    this.in = ms;
    if (this.out !== null && this.out <= ms) this.out = null;
    this.#show();
  }

  setOut(ms) {
    this.out = ms;
    if (this.in !== null && this.in >= ms) this.in = null;
    this.#show();
  }

  get whole() {
    return this.in !== null && this.out !== null;
  }

  clear() {
    this.in = this.out = null;
    this.#show();
  }

  #show() {
    one("[data-mark]", this.#ruler)?.remove();
    if (this.in !== null || this.out !== null) {
      const [start, end] = [this.in ?? this.out - 1, this.out ?? this.in + 1];
      const x = `${(100 * start) / this.#lanes.length}%`;
      const width = `${(100 * (end - start)) / this.#lanes.length}%`;
      this.#ruler.prepend(element("rect", { "data-mark": "", class: this.whole ? "mark" : "mark half", x, width, y: 0, height: 22 }));
    }
    this.onChange();
  }
}
