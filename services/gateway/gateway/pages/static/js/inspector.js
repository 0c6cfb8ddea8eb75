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
    if (count) this.#restore();
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
      this.#restore(now);
    }
  }

  // ---- what is typed and not sent yet

  // Of several scenes together there is one place.
  get #place() {
    return this.#shown ?? "several";
  }

  #typed(field) {
    if (!named(field)) return;
    field.closest("[data-piece]")?.classList.toggle("unsaved", field.value !== field.defaultValue);
    if (field.value === field.defaultValue) drafts.drop(this.#place, named(field));
    else drafts.keep(this.#place, named(field), field.value, field.defaultValue);
  }

  #restore(root = this.#root) {
    for (const field of all("input, textarea", root)) {
      const draft = named(field) && drafts.kept(this.#place, named(field));
      if (!draft || draft.text === field.defaultValue) continue;
      field.value = draft.text;
      const piece = field.closest("[data-piece]");
      piece?.classList.add("unsaved");
      const told = piece && one("[data-draft]", piece);
      if (told) told.textContent = say(draft.base === field.defaultValue ? "draft" : "draft_older");
    }
  }

  // Sent, and no draft any more; what could not be done is in its field again.
  async #sent(field, command, typed = field.value) {
    const place = this.#place;
    const done = await this.#editing.send(command);
    if (done) drafts.drop(place, named(field));
    else if (!field.value || field.value === field.defaultValue) field.value = typed;
    return done;
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
    if (field.matches("[data-new-tag]") && field.value.trim()) this.#tag(field);
    if (field.matches("[data-new-note]") && field.value.trim()) this.#note(field);
  }

  async #time(field) {
    const ms = milliseconds(field.value);
    const done = ms !== null && (await this.#sent(field, { op: "move", segment_id: this.#shown, [`${field.dataset.time}_ms`]: ms }));
    if (ms === null) toast(say("no_time"));
    if (!done) this.#giveBack(field);
  }

  #tag(field) {
    const typed = field.value;
    field.value = "";
    return this.#sent(field, { op: "tag", segment_ids: this.#selection.ids, add: [typed.trim()] }, typed);
  }

  #note(field) {
    const typed = field.value;
    field.value = "";
    return this.#sent(field, { op: "note", segment_ids: [this.#shown], add: typed.trim() }, typed);
  }

  #giveBack(field) {
    if (named(field)) drafts.drop(this.#place, named(field));
    field.value = field.defaultValue;
    const piece = field.closest("[data-piece]");
    piece?.classList.remove("unsaved");
    const told = piece && one("[data-draft]", piece);
    if (told) told.textContent = "";
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
      this.#giveBack(field);
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

// What a field is called among drafts; null: nothing of it is kept.
function named({ dataset }) {
  if (dataset.caption) return dataset.caption;
  if (dataset.time) return `time-${dataset.time}`;
  return ["newTag", "newNote"].find((name) => name in dataset) ?? null;
}
const dirty = (piece) => all("textarea, input", piece).some((field) => field.value !== field.defaultValue);
const selector = (field) => ["caption", "time"].map((name) => field.dataset[name] && `[data-${name}="${field.dataset[name]}"]`).find(Boolean) ?? null;

// 1:02:03.450, 02:03.45, 123.4 and 12:03 are times.
export function milliseconds(text) {
  const parts = text.trim().split(":").map(Number);
  if (!text.trim() || parts.length > 3 || parts.some((part) => !Number.isFinite(part) || part < 0)) return null;
  return Math.round(parts.reduce((sum, part) => sum * 60 + part, 0) * 1000);
}
