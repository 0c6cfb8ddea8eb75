// Scenes on the timeline: those in sight, stacked where they overlap, chosen and moved by hand.
import { all, call, one } from "./page.js";
import { element } from "./lanes.js";

const MOST_DRAWN = 240;
const MOST_LEVELS = 3;
const NEAR_PX = 7; // an edge that comes so near to another takes its place
const HELD_PX = 4; // a hand that moves less than this only pressed

export class Bands {
  onPress = () => {}; // a scene was pressed: (id, event)
  onTrim = () => {}; // its edges were moved: ({ segment_id, start_ms, end_ms })
  onSeek = () => {};
  editable = true; // whether hands may move them
  magnets = () => []; // times an edge is drawn to
  #lanes;
  #lane;
  #rows = [];
  #levels = new Map();
  #depth = 1;
  #chosen = new Set();
  #current = null;
  #held = null;
  #bars = new Map();
  #lines = new Map();
  cuts = [];

  constructor(lanes, lane) {
    this.#lanes = lanes;
    this.#lane = lane;
    lane.addEventListener("pointerdown", (event) => {
      const bar = event.target.closest("[data-bar]");
      if (bar && event.button === 0) this.#press(event, bar);
    });
    // A finger on a chosen scene moves it: the browser would take the same movement for scrolling.
    lane.addEventListener("touchstart", (event) => {
      const bar = event.target.closest("[data-bar]");
      if (bar && this.editable && this.#chosen.has(bar.dataset.bar) && event.cancelable) event.preventDefault();
    }, { passive: false });
  }

  // Where the machine saw a cut, whatever became of the scenes since.
  async readCuts(video) {
    const found = await call("GET", `/v1/videos/${video}/shots`).catch(() => ({ shots: [] }));
    this.cuts = found.shots.slice(1).map(({ start_ms }) => start_ms);
    this.draw();
  }

  fill(rows) {
    this.#rows = rows.map((row) => ({ row, id: row.dataset.segment, start: Number(row.dataset.start), end: Number(row.dataset.end) }));
    this.#stack();
    this.#forget();
    this.draw();
  }

  // Which level each lies on: the first where nothing is in its way.
  #stack() {
    const ends = [];
    this.#levels.clear();
    for (const { id, start, end } of this.#rows) {
      let level = ends.findIndex((last) => last <= start);
      if (level < 0) level = Math.min(ends.length, MOST_LEVELS - 1);
      ends[level] = Math.max(ends[level] ?? 0, end);
      this.#levels.set(id, level);
    }
    this.#depth = Math.max(1, ends.length);
    this.#lane.style.height = `${10 + this.#depth * this.#tall}px`;
  }

  get #tall() {
    return this.#depth > 1 ? 27 : 36;
  }

  // What came into sight is added, what left it taken away: the rest stays as it is.
  draw() {
    if (this.#held) return;
    const [from, to] = this.#lanes.sight;
    const inSight = this.#rows.filter(({ start, end }) => end > from && start < to);
    const wanted = inSight.length > MOST_DRAWN ? [] : inSight;
    for (const block of all(".block", this.#lane)) block.toggleAttribute("hidden", wanted.length === inSight.length);
    this.#keep(this.#bars, wanted, ({ id }) => id, (scene) => this.#bar(scene));
    const cuts = this.cuts.filter((at) => at >= from && at <= to);
    this.#keep(this.#lines, cuts.length > MOST_DRAWN ? [] : cuts, (at) => at, (at) => this.#cut(at));
    this.#mark();
  }

  #keep(drawn, wanted, keyOf, make) {
    const keys = new Set(wanted.map(keyOf));
    for (const [key, node] of drawn) {
      if (keys.has(key)) continue;
      node.remove();
      drawn.delete(key);
    }
    for (const each of wanted) {
      if (drawn.has(keyOf(each))) continue;
      drawn.set(keyOf(each), this.#lane.appendChild(make(each)));
    }
  }

  #forget() {
    for (const node of all("[data-bar], .cut", this.#lane)) node.remove();
    this.#bars.clear();
    this.#lines.clear();
  }

  #cut(ms) {
    const at = `${(100 * ms) / this.#lanes.length}%`;
    return element("line", { class: "cut", x1: at, x2: at, y1: 0, y2: 5 });
  }

  #bar({ row, id, start, end }) {
    const said = one(".ko, .en", row)?.textContent ?? "";
    const link = element("a", { href: `?t=${start}`, "data-bar": id, tabindex: "-1", "aria-label": `${one(".tc", row).textContent} ${said}` });
    const box = element("svg", { y: 5 + this.#levels.get(id) * this.#tall, height: this.#tall - 2, ...this.#place(start, end) });
    const text = element("text", { x: 9, y: 15 });
    text.textContent = said;
    box.append(element("rect", { class: "body", rx: 6 }), text);
    const colours = all(".who .p", row).map((person) => [...person.classList].find((name) => /^c[\du]$/.test(name)));
    colours.forEach((colour, at) => {
      const width = 92 / colours.length;
      box.append(element("rect", { class: `strip ${colour}`, rx: 2, y: this.#tall - 9, height: 4, x: `${4 + at * width}%`, width: `${width - 1}%` }));
    });
    box.append(
      element("rect", { class: "edge", "data-edge": "start", x: 0, width: 9, height: "100%" }),
      element("rect", { class: "edge", "data-edge": "end", x: "100%", width: 9, height: "100%", transform: "translate(-9)" }),
    );
    link.append(box);
    return link;
  }

  #place(start, end) {
    return { x: `${(100 * start) / this.#lanes.length}%`, width: `${(100 * (end - start)) / this.#lanes.length}%` };
  }

  choose(ids) {
    this.#chosen = ids;
    this.#mark();
  }

  // The scene that is playing.
  mark(id) {
    if (id === this.#current) return;
    this.#current = id;
    this.#mark();
  }

  #mark() {
    for (const bar of all("[data-bar]", this.#lane)) {
      bar.classList.toggle("on", bar.dataset.bar === this.#current);
      bar.classList.toggle("chosen", this.#chosen.has(bar.dataset.bar));
    }
  }

  // An edge is moved; a chosen scene is moved whole; any other is only pressed.
  #press(event, bar) {
    event.stopPropagation();
    event.preventDefault();
    const scene = this.#rows.find(({ id }) => id === bar.dataset.bar);
    const chosen = this.editable && this.#chosen.has(scene.id);
    const edge = chosen ? event.target.dataset.edge ?? "both" : null;
    if (!edge) return this.onPress(scene.id, event);
    this.#held = { scene, edge, bar, from: event.clientX, start: scene.start, end: scene.end, moved: false };
    bar.setPointerCapture(event.pointerId);
    bar.onpointermove = (move) => this.#move(move);
    bar.onpointerup = (up) => this.#release(up);
    bar.onpointercancel = () => this.#letGo();
  }

  #move(event) {
    const held = this.#held;
    if (!held.moved && Math.abs(event.clientX - held.from) < HELD_PX) return;
    held.moved = true;
    const { start, end } = this.#moved(event.clientX);
    Object.assign(held, { start, end });
    for (const [name, value] of Object.entries(this.#place(start, end))) one("svg", held.bar).setAttribute(name, value);
    this.onSeek(held.edge === "end" ? end - 1 : start);
  }

  #moved(clientX) {
    const { scene, edge, from } = this.#held;
    const by = Math.round((clientX - from) * this.#lanes.grain);
    const most = this.#lanes.length;
    if (edge === "start") return { start: Math.min(scene.end - 1, Math.max(0, this.#drawn(scene.start + by))), end: scene.end };
    if (edge === "end") return { start: scene.start, end: Math.max(scene.start + 1, Math.min(most, this.#drawn(scene.end + by))) };
    const start = Math.min(most - (scene.end - scene.start), Math.max(0, this.#drawn(scene.start + by)));
    return { start, end: start + scene.end - scene.start };
  }

  // To the nearest edge, cut or playhead close by.
  #drawn(ms) {
    const others = this.#rows.filter(({ id }) => id !== this.#held.scene.id).flatMap(({ start, end }) => [start, end]);
    const reach = NEAR_PX * this.#lanes.grain;
    const near = [...this.magnets(), ...others].filter((each) => Math.abs(each - ms) <= reach);
    return near.length ? near.reduce((best, each) => (Math.abs(each - ms) < Math.abs(best - ms) ? each : best)) : ms;
  }

  #release(event) {
    const { scene, start, end, moved } = this.#held;
    this.#letGo();
    if (!moved) this.onPress(scene.id, event);
    else if (start !== scene.start || end !== scene.end) this.onTrim({ segment_id: scene.id, start_ms: start, end_ms: end });
  }

  #letGo() {
    const { bar } = this.#held;
    bar.onpointermove = bar.onpointerup = bar.onpointercancel = null;
    this.#held = null;
    this.#forget();
    this.draw();
  }
}
