// The timeline: times along the top, a playhead, zoom, and seeking by pointer. What lies on it is drawn by others,
// each time another part of the video comes into sight.
import { one } from "./page.js";

const HEAD = 118; // pixels of the names before the lanes, as in video.css
const STEPS_MS = [100, 200, 500, 1000, 2000, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000, 1800000, 3600000];

function clock(ms, step) {
  const [hours, minutes, seconds] = [Math.floor(ms / 3600000), Math.floor(ms / 60000) % 60, Math.floor(ms / 1000) % 60];
  const two = (n) => String(n).padStart(2, "0");
  const tenth = step < 1000 ? `.${Math.floor((ms % 1000) / 100)}` : "";
  return (hours ? `${hours}:${two(minutes)}` : minutes) + `:${two(seconds)}${tenth}`;
}

export function element(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export class Lanes {
  onView = () => {}; // the part of the video in sight has changed
  #root;
  #length;
  #seek;
  #scale = 1;
  #ms = 0;
  #waiting = false;

  constructor(root, seek) {
    this.#root = root;
    this.#length = Number(root.dataset.length);
    this.#seek = seek;
    root.addEventListener("scroll", () => this.#changed(), { passive: true });
    new ResizeObserver(() => this.#changed()).observe(root);
    root.addEventListener("pointerdown", (event) => {
      const lane = event.target.closest("[data-seek]");
      if (lane && event.button === 0) this.#drag(event, lane);
    });
    root.addEventListener("click", (event) => {
      if (event.target.closest("a")) event.preventDefault();
    });
    root.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.25 : 0.8, this.at(event.clientX));
    }, { passive: false });
  }

  get length() {
    return this.#length;
  }

  // The same video after a decision: who is where has changed.
  renew(fresh) {
    for (const lane of this.#root.querySelectorAll("[data-person]")) lane.remove();
    one(".track", this.#root).before(...fresh.querySelectorAll("[data-person]"));
    this.#changed();
  }

  // The time under a place of the window.
  at(clientX) {
    const { left, width } = one(".ruler", this.#root).getBoundingClientRect();
    return Math.round(Math.min(1, Math.max(0, (clientX - left) / width)) * this.#length);
  }

  // Milliseconds a pixel.
  get grain() {
    return this.#length / one(".ruler", this.#root).getBoundingClientRect().width;
  }

  #drag(event, lane) {
    this.#seek(this.at(event.clientX));
    lane.setPointerCapture(event.pointerId);
    lane.onpointermove = (move) => this.#seek(this.at(move.clientX));
    lane.onpointerup = lane.onpointercancel = () => { lane.onpointermove = null; };
  }

  // The span of time that can be seen now.
  get sight() {
    const inner = one(".inner", this.#root).clientWidth - HEAD;
    const from = (this.#root.scrollLeft / inner) * this.#length;
    return [from, Math.min(this.#length, from + ((this.#root.clientWidth - HEAD) / inner) * this.#length)];
  }

  // Drawn once a picture of the screen, however often it is asked for.
  #changed() {
    if (this.#waiting) return;
    this.#waiting = true;
    requestAnimationFrame(() => {
      this.#waiting = false;
      this.#rule(...this.sight);
      this.onView();
    });
  }

  // Times along the top, as close as can be read at this zoom.
  #rule(from, to) {
    const ruler = one(".ruler", this.#root);
    const step = STEPS_MS.find((each) => (to - from) / each <= 10) ?? STEPS_MS.at(-1);
    const marks = [...ruler.querySelectorAll("[data-mark]")];
    ruler.replaceChildren(...marks);
    for (let at = Math.max(0, Math.floor(from / step) * step); at < Math.min(to, this.#length); at += step) {
      const x = `${(100 * at) / this.#length}%`;
      const text = element("text", { x, dx: 4, y: 13 });
      text.textContent = clock(at, step);
      ruler.append(element("line", { x1: x, x2: x, y1: 14, y2: 22 }), text);
    }
  }

  show(ms) {
    this.#ms = ms;
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

  // Closer or further; what is at `around` stays where it is on the screen.
  zoom(by, around = this.#ms) {
    const inner = one(".inner", this.#root);
    const share = around / this.#length;
    const place = HEAD + share * (inner.clientWidth - HEAD) - this.#root.scrollLeft;
    this.#scale = Math.min(Math.max(64, this.#length / 20000), Math.max(1, this.#scale * by));
    inner.style.width = `${100 * this.#scale}%`;
    this.#root.scrollLeft = HEAD + share * (inner.clientWidth - HEAD) - place;
    this.#changed();
  }
}
