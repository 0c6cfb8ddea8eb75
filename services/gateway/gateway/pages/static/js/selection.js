// Which scenes are worked on: one, several, a range.
export class Selection {
  onChange = () => {};
  #scenes;
  #ids = new Set();
  #anchor = null;

  constructor(scenes) {
    this.#scenes = scenes;
  }

  get ids() {
    return [...this.#ids];
  }

  get rows() {
    return this.#scenes.rows.filter((row) => this.#ids.has(row.dataset.segment));
  }

  get one() {
    return this.#ids.size === 1 ? this.rows[0] ?? null : null;
  }

  has(id) {
    return this.#ids.has(id);
  }

  // A press chooses one; with Ctrl or ⌘ it adds or takes away; with Shift it chooses everything in between.
  press(id, { ctrlKey = false, metaKey = false, shiftKey = false } = {}) {
    if (shiftKey && this.#anchor) return this.#range(this.#anchor, id);
    this.#anchor = id;
    if (!ctrlKey && !metaKey) return this.set([id]);
    if (this.#ids.has(id)) return this.set(this.ids.filter((each) => each !== id));
    return this.set([...this.#ids, id]);
  }

  #range(one, other) {
    const shown = this.#scenes.shown.map((row) => row.dataset.segment);
    const [first, last] = [shown.indexOf(one), shown.indexOf(other)].sort((a, b) => a - b);
    this.set(shown.slice(Math.max(0, first), last + 1));
  }

  everything() {
    this.set(this.#scenes.shown.map((row) => row.dataset.segment));
  }

  set(ids) {
    this.#ids = new Set(ids);
    if (!this.#ids.has(this.#anchor)) this.#anchor = ids[0] ?? null;
    this.#show();
    this.onChange();
  }

  // After an edit: what is no more is not chosen any more, and what came of it is.
  follow(removed, lineage) {
    const heirs = lineage.filter(({ parent_id }) => this.#ids.has(parent_id)).map(({ child_id }) => child_id);
    const gone = new Set(removed);
    this.set([...new Set([...this.ids.filter((id) => !gone.has(id)), ...heirs])]);
  }

  #show() {
    for (const row of this.#scenes.rows) {
      const chosen = this.#ids.has(row.dataset.segment);
      if (row.classList.contains("chosen") === chosen) continue;
      row.classList.toggle("chosen", chosen);
      const box = row.querySelector("[data-choose]");
      if (box) box.checked = chosen;
    }
  }

  renewed() {
    this.#show();
  }
}
