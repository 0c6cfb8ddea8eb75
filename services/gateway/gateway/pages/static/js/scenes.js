// The list of scenes, in step with the player; and the caption under it.
import { all, one } from "./page.js";

// Rows are laid out so many at a time, once these come near: a browser that watches each of thousands stutters.
const PART = 50;
const ROW_PX = 78;

export class Scenes {
  onChoose = () => {}; // a scene was asked for: (row, whether to play it, the event)
  onToggle = () => {}; // its box was pressed
  current = null;
  #list;
  #said;
  #rows = [];
  #only = new Set();
  #found = null; // ids of the scenes that answer what was asked of this video; null: nothing was
  #told = 0; // when the reader last moved the list on their own

  constructor(list, said) {
    this.#list = list;
    this.#said = said;
    this.#rows = all(".seg", list);
    list.addEventListener("click", (event) => {
      const row = event.target.closest(".seg");
      if (!row || event.target.closest("button")) return;
      if (event.target.closest("[data-choose]")) return this.onToggle(row);
      event.preventDefault();
      this.onChoose(row, false, event);
    });
    list.addEventListener("dblclick", (event) => {
      const row = event.target.closest(".seg");
      if (row && !event.target.closest("button, input")) this.onChoose(row, true, event);
    });
    for (const name of ["wheel", "touchmove"]) list.addEventListener(name, () => { this.#told = Date.now(); }, { passive: true });
    document.addEventListener("click", (event) => {
      const chip = event.target.closest("[data-only]");
      if (chip) this.#filter(chip);
    });
  }

  get rows() {
    return this.#rows;
  }

  // The same scenes after a decision; the list stays where it was.
  renew(rows) {
    const { scrollTop } = this.#list;
    this.#list.replaceChildren(...inParts(rows));
    this.#list.scrollTop = scrollTop;
    this.#rows = rows;
    this.current = null;
    for (const chip of all("[data-only]")) chip.setAttribute("aria-pressed", String(this.#only.has(chip.dataset.only)));
    this.#hide();
  }

  row(id) {
    return this.#rows.find((row) => row.dataset.segment === id);
  }

  // Some scenes as they are now, in their place in time; `gone` are taken away first.
  replace(rows, gone) {
    const away = new Set(gone);
    const kept = this.#rows.filter((row) => !away.has(row.dataset.segment));
    for (const row of this.#rows) if (away.has(row.dataset.segment)) row.remove();
    if (away.has(this.current?.dataset.segment)) this.current = null;
    for (const row of rows) {
      const place = kept.findIndex((each) => before(row, each));
      if (place < 0) this.#last.append(row);
      else kept[place].before(row);
      kept.splice(place < 0 ? kept.length : place, 0, row);
    }
    this.#rows = kept;
    this.#hide();
  }

  get #last() {
    return this.#list.lastElementChild ?? this.#list.appendChild(inParts([])[0]);
  }

  append(rows) {
    this.#list.append(...inParts(rows));
    this.#rows = all(".seg", this.#list);
    this.#hide();
  }

  // Scenes may overlap: the one that began last is the one.
  at(ms) {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Number(this.#rows[middle].dataset.start) <= ms) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= Math.max(0, low - 50); i--) if (Number(this.#rows[i].dataset.end) > ms) return this.#rows[i];
    return null;
  }

  show(ms) {
    const row = this.at(ms);
    if (row === this.current) return;
    this.current?.classList.remove("on");
    this.current?.removeAttribute("aria-current");
    this.current = row;
    this.#caption(row);
    if (!row) return;
    row.classList.add("on");
    row.setAttribute("aria-current", "true");
    if (Date.now() - this.#told > 4000 && !row.hidden) this.#scrollTo(row);
  }

  // scrollIntoView would scroll the page along on small screens. Rows far away are not laid out yet and
  // their heights are guessed: a long way is jumped, and corrected once the rows are there.
  #scrollTo(row, corrections = 3) {
    const top = this.#list.scrollTop + row.getBoundingClientRect().top - this.#list.getBoundingClientRect().top - this.#list.clientHeight / 3;
    const far = Math.abs(top - this.#list.scrollTop) > 2 * this.#list.clientHeight;
    const jump = far || corrections < 3 || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#list.scrollTo({ top, behavior: jump ? "auto" : "smooth" });
    if (jump && corrections) requestAnimationFrame(() => this.#scrollTo(row, corrections - 1));
  }

  #caption(row) {
    const parts = row ? all(":scope > .ko, :scope > .en", row).map((part) => part.cloneNode(true)) : [];
    const tag = row && one(".tag", row);
    this.#said.replaceChildren(...parts);
    if (tag && parts.length) parts[0].append(" ", tag.cloneNode(true));
  }

  step(direction, ms) {
    const shown = this.#rows.filter((row) => !row.hidden);
    const next = direction > 0
      ? shown.find((row) => Number(row.dataset.start) > ms)
      : shown.findLast((row) => Number(row.dataset.start) < ms - 400);
    if (next) {
      this.#told = 0;
      this.onChoose(next, false);
    }
  }

  // Only these are listed; null: all.
  listOnly(ids) {
    this.#found = ids && new Set(ids);
    this.#hide();
  }

  #filter(chip) {
    const who = chip.dataset.only;
    if (!this.#only.delete(who)) this.#only.add(who);
    chip.setAttribute("aria-pressed", String(this.#only.has(who)));
    this.#hide();
  }

  #hide() {
    let shown = 0;
    for (const row of this.#rows) {
      const there = row.dataset.people.split(" ");
      row.hidden = !([...this.#only].every((who) => there.includes(who)) && (this.#found?.has(row.dataset.segment) ?? true));
      if (!row.hidden) shown += 1;
    }
    for (const part of this.#list.children) measure(part);
    one("[data-none]").hidden = shown > 0 || this.#rows.length === 0;
  }
}

function inParts(rows) {
  const parts = [];
  for (let at = 0; at < rows.length || !at; at += PART) {
    const part = Object.assign(document.createElement("ol"), { className: "part" });
    part.append(...rows.slice(at, at + PART));
    parts.push(part);
  }
  return parts;
}

// How tall a part is that was not laid out yet, as far as can be known.
function measure(part) {
  const shown = [...part.children].filter((row) => !row.hidden).length;
  part.hidden = shown === 0;
  part.style.containIntrinsicSize = `auto ${shown * ROW_PX}px`;
}

// In order of start, end, id, as the server lists them.
function before(one, other) {
  const [a, b] = [one.dataset, other.dataset];
  return (a.start - b.start || a.end - b.end || (a.segment < b.segment ? -1 : 1)) < 0;
}
