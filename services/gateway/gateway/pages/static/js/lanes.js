// The timeline: a playhead, the scene that is on, zoom, and seeking by pointer.
import { all, one } from "./page.js";

const MOST_DRAWN = 240;
const HEAD = 118; // pixels of the names before the lanes, as in video.css
const STEPS_MS = [100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000, 1800000, 3600000];

function clock(ms, step) {
  const [hours, minutes, seconds] = [Math.floor(ms / 3600000), Math.floor(ms / 60000) % 60, Math.floor(ms / 1000) % 60];
  const two = (n) => String(n).padStart(2, "0");
  const tenth = step < 1000 ? `.${Math.floor((ms % 1000) / 100)}` : "";
  return (hours ? `${hours}:${two(minutes)}` : minutes) + `:${two(seconds)}${tenth}`;
}

function element(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export class Lanes {
  #root;
  #length;
  #scale = 1;
  #marked = null;
  #rows = [];
  #many = null;
  #ruled = false;

  constructor(root, seek) {
    this.#root = root;
    this.#length = Number(root.dataset.length);
    root.addEventListener("scroll", () => this.#draw(), { passive: true });
    root.addEventListener("pointerdown", (event) => {
      const lane = event.target.closest("[data-seek]");
      if (lane) this.#drag(event, lane, seek);
    });
    root.addEventListener("click", (event) => event.preventDefault());
  }

  // The same video after a decision: who is where has changed.
  renew(fresh) {
    one(".inner", this.#root).replaceChildren(...one(".inner", fresh).children);
    this.#many = null;
    this.#marked = null;
    this.#draw();
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

  // Of thousands of scenes only those in sight are drawn, and only when they are wide enough to be told apart.
  fill(rows) {
    const lane = one("[data-many]", this.#root);
    if (!lane) return;
    this.#rows = rows;
    this.#many = lane;
    this.#draw();
  }

  // The span of time that can be seen now.
  #sight() {
    const inner = one(".inner", this.#root).clientWidth - HEAD;
    const from = (this.#root.scrollLeft / inner) * this.#length;
    return [from, from + (this.#root.clientWidth / inner) * this.#length];
  }

  #draw() {
    const [from, to] = this.#sight();
    if (this.#scale > 1 || this.#ruled) this.#rule(from, to);
    if (this.#many) this.#drawBars(this.#many, from, to);
  }

  // Times along the top, as close as can be read at this zoom.
  #rule(from, to) {
    this.#ruled = true;
    const ruler = one(".ruler", this.#root);
    const step = STEPS_MS.find((each) => (to - from) / each <= 10) ?? STEPS_MS.at(-1);
    ruler.replaceChildren();
    for (let at = Math.max(0, Math.floor(from / step) * step); at < Math.min(to, this.#length); at += step) {
      const x = `${(100 * at) / this.#length}%`;
      const text = element("text", { x, dx: 4, y: 13 });
      text.textContent = clock(at, step);
      ruler.append(element("line", { x1: x, x2: x, y1: 14, y2: 22 }), text);
    }
  }

  #drawBars(lane, from, to) {
    const inSight = this.#rows.filter((row) => Number(row.dataset.end) > from && Number(row.dataset.start) < to);
    for (const bar of all("[data-bar]", lane)) bar.remove();
    if (inSight.length > MOST_DRAWN) return;
    for (const row of inSight) lane.append(this.#bar(row));
    this.#marked = null;
  }

  #bar(row) {
    const [start, end] = [Number(row.dataset.start), Number(row.dataset.end)];
    const link = element("a", { href: `?t=${start}`, "data-bar": row.dataset.segment, tabindex: "-1" });
    const box = element("svg", { x: `${(100 * start) / this.#length}%`, y: 5, width: `${(100 * (end - start)) / this.#length}%`, height: 36 });
    const text = element("text", { x: 8, y: 16 });
    text.textContent = one(".ko", row)?.textContent ?? "";
    box.append(element("rect", { rx: 6 }), text);
    all(".who .p", row).forEach((person, at, everybody) => {
      const colour = [...person.classList].find((name) => /^c[\du]$/.test(name));
      const width = 92 / everybody.length;
      box.append(element("rect", { class: `strip ${colour}`, rx: 2, y: 25, height: 4, x: `${4 + at * width}%`, width: `${width - 1}%` }));
    });
    link.append(box);
    return link;
  }

  show(ms) {
    const share = Math.min(1, ms / this.#length);
    one("[data-playhead]", this.#root).style.left = `${100 * share}%`;
    if (this.#scale > 1) this.#keepInSight(share);
  }

  #keepInSight(share) {
    const inner = one(".inner", this.#root);
    const at = HEAD + share * (inner.clientWidth - HEAD);
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
    this.#draw();
    this.show(this.#length * (parseFloat(one("[data-playhead]", this.#root).style.left) / 100 || 0));
  }
}
