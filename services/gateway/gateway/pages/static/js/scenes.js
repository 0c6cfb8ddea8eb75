// The list of scenes, in step with the player; and the caption under it.
import { all, one } from "./page.js";
import { Rows } from "./rows.js";

export class Scenes {
  onChoose = () => {}; // a scene was asked for: (row, whether to play it, the event)
  onToggle = () => {}; // its box was pressed
  current = null;
  #listed; // those of the scenes that are shown, near the window
  #said;
  #rows = []; // a row for each scene, most of them not in the document
  #shown = []; // those that are listed
  #only = new Set();
  #found = null; // ids of the scenes that answer what was asked of this video; null: nothing was
  #words = ""; // what is being typed into the question
  #told = 0; // when the reader last moved the list on their own

  constructor(list, said) {
    this.#said = said;
    this.#rows = all(".seg", list);
    this.#listed = new Rows(list);
    this.#show();
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

  // Those that nothing has left out of the list.
  get shown() {
    return this.#shown;
  }

  // The same scenes after a decision; the list stays where it was.
  renew(rows) {
    this.#rows = rows;
    this.current = null;
    for (const chip of all("[data-only]")) chip.setAttribute("aria-pressed", String(this.#only.has(chip.dataset.only)));
    this.#show();
  }

  row(id) {
    return this.#rows.find((row) => row.dataset.segment === id);
  }

  // Some scenes as they are now, in their place in time; `gone` are taken away first.
  replace(rows, gone) {
    const away = new Set(gone);
    const kept = this.#rows.filter((row) => !away.has(row.dataset.segment));
    if (away.has(this.current?.dataset.segment)) this.current = null;
    this.#rows = [...kept, ...rows].sort(inTime);
    this.#show();
  }

  append(rows) {
    this.#rows.push(...rows);
    this.#show();
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
    if (Date.now() - this.#told > 4000 && this.#shown.includes(row)) this.#listed.show(row);
  }

  #caption(row) {
    const parts = row ? all(":scope > .ko, :scope > .en", row).map((part) => part.cloneNode(true)) : [];
    const tag = row && one(".tag", row);
    this.#said.replaceChildren(...parts);
    if (tag && parts.length) parts[0].append(" ", tag.cloneNode(true));
  }

  step(direction, ms) {
    const next = direction > 0
      ? this.#shown.find((row) => Number(row.dataset.start) > ms)
      : this.#shown.findLast((row) => Number(row.dataset.start) < ms - 400);
    if (next) {
      this.#told = 0;
      this.onChoose(next, false);
    }
  }

  // Only those are listed that hold these words, as a page's own search would find them.
  listWith(words) {
    this.#words = words.trim().toLowerCase();
    this.#found = null;
    this.#show();
  }

  // Only these are listed; null: all.
  listOnly(ids) {
    this.#words = "";
    this.#found = ids && new Set(ids);
    this.#show();
  }

  #filter(chip) {
    const who = chip.dataset.only;
    if (!this.#only.delete(who)) this.#only.add(who);
    chip.setAttribute("aria-pressed", String(this.#only.has(who)));
    this.#show();
  }

  #listsIt(row) {
    const there = row.dataset.people.split(" ");
    if (![...this.#only].every((who) => there.includes(who))) return false;
    if (this.#words) return row.textContent.toLowerCase().includes(this.#words);
    return this.#found?.has(row.dataset.segment) ?? true;
  }

  #show() {
    this.#shown = this.#rows.filter((row) => this.#listsIt(row));
    this.#listed.fill(this.#shown);
    one("[data-none]").hidden = this.#shown.length > 0 || this.#rows.length === 0;
  }
}

// In order of start, end, id, as the server lists them.
function inTime({ dataset: one }, { dataset: other }) {
  return one.start - other.start || one.end - other.end || (one.segment < other.segment ? -1 : 1);
}
