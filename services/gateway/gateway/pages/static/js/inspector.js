// What is said of the chosen scenes, and the hands to change it. Rendered by the server, kept while somebody types.
import { all, one, part, say, toast } from "./page.js";
import { nameOf, pick } from "./picker.js";
import * as drafts from "./drafts.js";

export class Inspector {
  onFace = () => {};
  #root;
  #selection;
  #editing;
  #shown = null; // the id of the scene that is open
  #turn = 0;
  #latest = null; // what is being shown at last, when choices follow each other quickly

  constructor(root, selection, editing) {
    this.#root = root;
    this.#selection = selection;
    this.#editing = editing;
    root.addEventListener("click", (event) => this.#click(event));
    root.addEventListener("input", (event) => this.#typed(event.target));
    root.addEventListener("change", (event) => this.#changed(event.target));
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("submit", (event) => event.preventDefault());
  }

  show() {
    this.#latest = this.#follow();
    return this.#latest;
  }

  async #follow() {
    const { ids } = this.#selection;
    const mine = ++this.#turn;
    await this.#save();
    if (mine !== this.#turn) return;
    if (ids.length !== 1) return this.#several(ids.length);
    if (ids[0] !== this.#shown) await this.#open(ids[0], mine);
  }

  async #open(id, mine = ++this.#turn) {
    const fresh = await part(`/parts/segments/${id}`);
    if (mine !== this.#turn || !fresh) return;
    this.#shown = id;
    this.#root.replaceChildren(...fresh.body.children);
    this.#restore();
  }

  #several(count) {
    this.#shown = null;
    const panel = document.getElementById(count ? "several" : "none-chosen").content.cloneNode(true);
    const told = one("[data-count]", panel);
    if (told) told.textContent = say("chosen", { n: count });
    this.#root.replaceChildren(panel);
  }

  // After an edit, ours or another's: everything but what is being typed is as it is now.
  async renew(ids) {
    if (!this.#shown || !ids.includes(this.#shown)) return;
    const fresh = await part(`/parts/segments/${this.#shown}`);
    if (!fresh) return;
    for (const now of all("[data-piece]", fresh)) {
      const old = one(`[data-piece="${now.dataset.piece}"]`, this.#root);
      if (!old || (old.contains(document.activeElement) && dirty(old))) continue;
      const focused = old.contains(document.activeElement) && selector(document.activeElement);
      old.replaceWith(now);
      if (focused) one(focused, now)?.focus();
    }
  }

  // ---- captions

  #typed(field) {
    if (!field.matches("[data-caption]")) return;
    field.closest("[data-piece]").classList.toggle("unsaved", field.value !== field.defaultValue);
    if (field.value === field.defaultValue) drafts.drop(this.#shown, field.dataset.caption);
    else drafts.keep(this.#shown, field.dataset.caption, field.value, field.defaultValue);
  }

  #restore() {
    for (const field of all("[data-caption]", this.#root)) {
      const draft = drafts.kept(this.#shown, field.dataset.caption);
      if (!draft || draft.text === field.defaultValue) continue;
      field.value = draft.text;
      const piece = field.closest("[data-piece]");
      piece.classList.add("unsaved");
      one("[data-draft]", piece).textContent = say(draft.base === field.defaultValue ? "draft" : "draft_older");
    }
  }

  async #save() {
    for (const field of all("[data-caption]", this.#root)) await this.#saveCaption(field);
  }

  async #saveCaption(field) {
    const text = field.value.trim();
    if (text === field.defaultValue.trim()) return;
    const [id, language] = [this.#shown, field.dataset.caption];
    const was = field.defaultValue;
    field.defaultValue = field.value;
    field.closest("[data-piece]")?.classList.remove("unsaved");
    const done = await this.#editing.send({ op: "caption", segment_ids: [id], language, text: text || null });
    if (done) return drafts.drop(id, language);
    field.defaultValue = was;
    field.closest("[data-piece]")?.classList.add("unsaved");
  }

  // ---- what a change of a field does

  #changed(field) {
    if (field.matches("[data-caption]")) this.#saveCaption(field);
    if (field.matches("[data-time]")) this.#time(field);
    if (field.matches("[data-new-tag]") && field.value.trim()) this.tag(field.value.trim(), field);
    if (field.matches("[data-new-note]") && field.value.trim()) this.#note(field);
  }

  #time(field) {
    const ms = milliseconds(field.value);
    if (ms === null) {
      field.value = field.defaultValue;
      return toast(say("no_time"));
    }
    return this.#editing.send({ op: "move", segment_id: this.#shown, [`${field.dataset.time}_ms`]: ms }).then((done) => {
      if (!done) field.value = field.defaultValue;
    });
  }

  tag(tag, field = null) {
    if (field) field.value = "";
    return this.#editing.send({ op: "tag", segment_ids: this.#selection.ids, add: [tag] });
  }

  #note(field) {
    const text = field.value.trim();
    field.value = "";
    return this.#editing.send({ op: "note", segment_ids: [this.#shown], add: text });
  }

  async people(op = "add") {
    const { ids } = this.#selection;
    if (!ids.length) return;
    const chosen = await pick(say(op === "add" ? "who_is_here" : "who_is_not"), { fresh: false });
    if (chosen?.person) await this.#editing.send({ op: "people", segment_ids: ids, [op]: [chosen.person.id] });
    if (chosen?.person) toast(nameOf(chosen.person));
  }

  #click(event) {
    const { segment_ids, ...at } = { segment_ids: this.#selection.ids, ...event.target.closest("[data-act]")?.dataset };
    const acts = {
      unperson: () => this.#editing.send({ op: "people", segment_ids, remove: [at.id] }),
      untag: () => this.#editing.send({ op: "tag", segment_ids, remove: [at.tag] }),
      unnote: () => this.#editing.send({ op: "note", segment_ids, remove: [at.id] }),
      uncaption: () => this.#editing.send({ op: "caption", segment_ids, language: at.language, text: null }),
      person: () => this.people(),
      nobody: () => this.people("remove"),
      faces: () => this.onFace(at.tracks.split(" ")),
    };
    acts[at.act]?.();
  }

  // Enter ends a line of its own; Ctrl+Enter saves a caption; Escape gives back what was there.
  #key(event) {
    if (event.isComposing) return;
    const field = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || field.matches("input"))) {
      event.preventDefault();
      field.dispatchEvent(new Event("change", { bubbles: true }));
      if (field.matches("[data-caption]")) field.blur();
    }
    if (event.key === "Escape" && field.matches("textarea, input")) {
      event.stopPropagation();
      if (field.matches("[data-caption]")) drafts.drop(this.#shown, field.dataset.caption);
      field.value = field.defaultValue;
      field.closest("[data-piece]")?.classList.remove("unsaved");
      field.blur();
    }
  }

  async focusCaption() {
    for (let shown = null; shown !== this.#latest; ) {
      shown = this.#latest;
      await shown;
    }
    const field = one("[data-caption]", this.#root);
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  }
}

const dirty = (piece) => all("textarea, input", piece).some((field) => field.value !== field.defaultValue);
const selector = (field) => ["caption", "time"].map((name) => field.dataset[name] && `[data-${name}="${field.dataset[name]}"]`).find(Boolean) ?? null;

// 1:02:03.450, 02:03.45, 123.4 and 12:03 are times.
export function milliseconds(text) {
  const parts = text.trim().split(":").map(Number);
  if (!text.trim() || parts.length > 3 || parts.some((part) => !Number.isFinite(part) || part < 0)) return null;
  return Math.round(parts.reduce((sum, part) => sum * 60 + part, 0) * 1000);
}
