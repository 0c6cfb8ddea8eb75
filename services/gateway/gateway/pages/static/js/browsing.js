// A list for hands on the keyboard: one thing is chosen, J and K go on, the choice survives that the list is renewed.
import { all, one } from "./page.js";

export class Browsing {
  #selector;
  #key;
  #at = 0;

  // `selector` finds the things, `key` is the dataset name of their id.
  constructor(selector, key) {
    this.#selector = selector;
    this.#key = key;
    document.addEventListener("focusin", (event) => {
      const thing = event.target.closest(selector);
      if (thing) this.#mark(this.#things.indexOf(thing));
    });
    document.addEventListener("renewed", () => this.choose(this.#at, false));
    this.#mark(0);
  }

  get #things() {
    return all(this.#selector).filter((thing) => !thing.hidden);
  }

  get chosen() {
    return this.#things[this.#at] ?? null;
  }

  step(by) {
    this.choose(this.#at + by);
  }

  choose(at, scroll = true) {
    const things = this.#things;
    this.#mark(Math.max(0, Math.min(things.length - 1, at)));
    const thing = this.chosen;
    if (!thing) return;
    thing.focus({ preventScroll: true });
    if (scroll) thing.scrollIntoView({ block: "nearest" });
  }

  #mark(at) {
    this.#at = at;
    one(`${this.#selector}.on`)?.classList.remove("on");
    this.chosen?.classList.add("on");
  }

  idOf(thing) {
    return thing?.dataset[this.#key];
  }
}
