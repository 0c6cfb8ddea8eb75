// A list of thousands of rows, of which only those near its window are in the document, each at its own height.
import { one } from "./page.js";

const NEAR_PX = 500; // so far above and below the window rows are there before it comes to them
const GUESS_PX = 78; // how tall a row is, until the first ones have been measured

export class Rows {
  #list; // the window, which scrolls
  #body; // as tall as all rows together
  #rows = [];
  #places = new Map(); // row: which one it is
  #tops = [0]; // where each begins; last, where all end
  #tall = new WeakMap(); // row: its height, once it has been in the document
  #there = new Set(); // rows in the document
  #guess = null;
  #wide = 0;
  #waiting = false;
  #sizes = new ResizeObserver((seen) => this.#measured(seen));

  constructor(list) {
    this.#list = list;
    this.#body = one("ol", list);
    this.#body.classList.add("placed");
    for (const row of this.#body.children) this.#there.add(row);
    for (const row of this.#there) this.#sizes.observe(row);
    this.#sizes.observe(list);
    list.addEventListener("scroll", () => this.#soon(), { passive: true });
  }

  // These and no others, in this order; what was at the top of the window stays there.
  fill(rows) {
    const held = this.#held();
    this.#rows = rows;
    this.#places = new Map(rows.map((row, at) => [row, at]));
    this.#place();
    this.#hold(held);
    this.#draw();
  }

  // A third of the window down, as far as there are rows above.
  show(row) {
    const top = this.#tops[this.#places.get(row)] - this.#list.clientHeight / 3;
    const far = Math.abs(top - this.#list.scrollTop) > 2 * this.#list.clientHeight;
    const still = far || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#list.scrollTo({ top, behavior: still ? "auto" : "smooth" });
    if (still) this.#draw();
  }

  #soon() {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#draw();
    });
  }

  // Rows that came near are put in, those that are far are taken out; the rest is not touched.
  #draw() {
    const { scrollTop, clientHeight } = this.#list;
    const wanted = new Set(this.#rows.slice(this.#at(scrollTop - NEAR_PX), this.#at(scrollTop + clientHeight + NEAR_PX) + 1));
    for (const row of this.#there) if (!wanted.has(row) && !this.#keeps(row)) this.#take(row);
    let next = this.#body.firstElementChild;
    for (const row of wanted) {
      while (next && this.#places.get(next) < this.#places.get(row)) next = next.nextElementSibling;
      if (row === next) next = next.nextElementSibling;
      else this.#put(row, next);
    }
    this.#settle();
  }

  // A row with the focus stays however far away: keys would lead nowhere from it.
  #keeps(row) {
    return this.#places.has(row) && row.contains(document.activeElement);
  }

  #put(row, next) {
    this.#body.insertBefore(row, next);
    this.#there.add(row);
    this.#sizes.observe(row);
  }

  #take(row) {
    this.#sizes.unobserve(row);
    this.#there.delete(row);
    row.remove();
  }

  // Where each is, and which of how many: whoever can't see the list hears so.
  #settle() {
    for (const row of this.#there) {
      const at = this.#places.get(row);
      row.style.top = `${this.#tops[at]}px`;
      row.setAttribute("aria-posinset", at + 1);
      row.setAttribute("aria-setsize", this.#rows.length);
    }
  }

  // Heights as they turn out to be, told by the browser before it paints.
  #measured(seen) {
    const held = this.#held();
    for (const { target, borderBoxSize: [size] } of seen) if (target === this.#list) this.#widened(size.inlineSize);
    for (const { target, borderBoxSize: [size] } of seen) if (this.#there.has(target)) this.#tall.set(target, size.blockSize);
    this.#guess ??= this.#mean();
    this.#place();
    this.#hold(held);
    this.#settle();
    this.#soon();
  }

  // What was measured in a window of another width holds no more, but of those that are there.
  #widened(wide) {
    if (wide === this.#wide) return;
    const known = [...this.#there].filter((row) => this.#tall.has(row)).map((row) => [row, this.#tall.get(row)]);
    this.#tall = new WeakMap(known);
    this.#guess = null;
    this.#wide = wide;
  }

  // Rows nobody has seen are guessed to be as tall as the first that were.
  #mean() {
    const known = [...this.#there].map((row) => this.#tall.get(row)).filter(Boolean);
    return known.length ? known.reduce((sum, tall) => sum + tall, 0) / known.length : null;
  }

  #place() {
    let top = 0;
    this.#tops = [0];
    for (const row of this.#rows) this.#tops.push((top += this.#tall.get(row) ?? this.#guess ?? GUESS_PX));
    this.#body.style.height = `${top}px`;
  }

  // Which row is so far down.
  #at(px) {
    let low = 0;
    let high = this.#rows.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#tops[middle] <= px) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // What is at the top of the window, and how much of it is above that.
  #held() {
    const { scrollTop } = this.#list;
    const at = this.#at(scrollTop);
    return { row: this.#rows[at], above: scrollTop - this.#tops[at] };
  }

  #hold({ row, above }) {
    const at = this.#places.get(row);
    if (at === undefined || this.#list.scrollTop === 0) return;
    const top = this.#tops[at] + above;
    if (Math.abs(top - this.#list.scrollTop) >= 1) this.#list.scrollTop = top;
  }
}
