// The timeline: a playhead, the scene that is on, zoom, and seeking by pointer.
import { all, one } from "./page.js";

export class Lanes {
  #root;
  #length;
  #scale = 1;
  #marked = null;

  constructor(root, seek) {
    this.#root = root;
    this.#length = Number(root.dataset.length);
    for (const lane of all("[data-seek]", root)) {
      lane.addEventListener("pointerdown", (event) => this.#drag(event, lane, seek));
      lane.addEventListener("click", (event) => event.preventDefault());
    }
  }

  #drag(event, lane, seek) {
    if (event.button !== 0) return;
    const to = (move) => {
      const box = lane.getBoundingClientRect();
      seek(Math.round(Math.min(1, Math.max(0, (move.clientX - box.left) / box.width)) * this.#length));
    };
    const bar = event.target.closest("[data-bar]");
    if (bar) seek(Number(new URL(bar.href.baseVal, location.href).searchParams.get("t")));
    else to(event);
    lane.setPointerCapture(event.pointerId);
    lane.onpointermove = (move) => to(move);
    lane.onpointerup = () => { lane.onpointermove = null; };
  }

  show(ms) {
    const share = Math.min(1, ms / this.#length);
    one("[data-playhead]", this.#root).style.left = `${100 * share}%`;
    if (this.#scale > 1) this.#keepInSight(share);
  }

  #keepInSight(share) {
    const inner = one(".inner", this.#root);
    const at = 118 + share * (inner.clientWidth - 118);
    const from = this.#root.scrollLeft;
    if (at < from + 130 || at > from + this.#root.clientWidth - 40) this.#root.scrollLeft = at - this.#root.clientWidth / 3;
  }

  mark(id) {
    if (id === this.#marked) return;
    this.#marked = id;
    one(".segs .on", this.#root)?.classList.remove("on");
    if (id) one(`[data-bar="${id}"]`, this.#root)?.classList.add("on");
  }

  zoom(by) {
    this.#scale = Math.min(64, Math.max(1, this.#scale * by));
    one(".inner", this.#root).style.width = `${100 * this.#scale}%`;
    this.show(0 + this.#length * (parseFloat(one("[data-playhead]", this.#root).style.left) / 100 || 0));
  }
}
