// The card of a face: who it is, who says so, and the two rulings a person can make of it.
import { all, call, one, openDialog, say, toast } from "./page.js";
import { lookBack } from "./looking_back.js";
import { nameOf, personOf, pick } from "./picker.js";
import { decided, done } from "./undoing.js";

const card = document.getElementById("face-card");
const rules = document.body.dataset.role !== "viewer";

export class FaceCard {
  #after; // what to do when a ruling was made or taken back
  #tracks = [];
  #at = 0;
  #person = null;

  constructor(after) {
    this.#after = after;
    card.addEventListener("click", (event) => {
      const act = event.target.closest("[data-rule]")?.dataset.rule;
      if (act) this[act]();
      const other = event.target.closest("[data-place]");
      if (other) this.#turn(Number(other.dataset.place));
    });
    card.addEventListener("keydown", (event) => this.#key(event));
  }

  // Faces of one moment or one scene; rulings are made on the one that is shown large.
  open(tracks, chosen = tracks[0]) {
    if (!tracks.length) return toast(say("no_face_here"));
    this.#tracks = tracks;
    one("[data-strip]", card).replaceChildren(...tracks.map(thumbnail));
    openDialog("face-card");
    this.#turn(Math.max(0, tracks.findIndex((track) => track.id === chosen.id)));
  }

  get #track() {
    return this.#tracks[this.#at];
  }

  async #turn(at) {
    this.#at = at;
    const track = this.#track;
    for (const each of all("[data-place]", card)) each.setAttribute("aria-pressed", String(Number(each.dataset.place) === at));
    one("[data-strip]", card).hidden = this.#tracks.length < 2;
    one("[data-large]", card).src = `/v1/tracks/${track.id}/face.jpg?width=320`;
    this.#person = track.person_id ? await personOf(track.person_id) : null;
    await this.#write(track);
  }

  async #write(track) {
    const who = this.#person;
    one("[data-name]", card).textContent = who ? nameOf(who) : say("who");
    one("[data-sure]", card).textContent = track.ruled ? "" : await this.#sure(track);
    one("[data-ruled]", card).hidden = !track.ruled;
    one("[data-copy-of]", card).hidden = !track.copy_of;
    one("[data-open-person]", card).hidden = !who;
    if (who) one("[data-open-person]", card).href = `/people/${who.id}`;
    one("[data-portrait]", card).hidden = !who?.references;
    if (who?.references) one("[data-portrait]", card).src = `/v1/people/${who.id}/portrait`;
    one('[data-rule="isNot"]', card).hidden = !who;
    one('[data-rule="learn"]', card).hidden = !who;
    one('[data-rule="confirm"]', card).hidden = !who || track.ruled;
    one("[data-not]", card).textContent = who ? say("not_them", { name: nameOf(who) }) : "";
    one(who ? '[data-rule="isNot"]' : '[data-rule="is"]', card).focus();
  }

  async #sure(track) {
    if (this.#person) return say("similar", { n: track.similarity.toFixed(2), p: track.probability.toFixed(2) });
    const near = track.nearest_person_id && (await personOf(track.nearest_person_id));
    return near ? say("nearest", { name: nameOf(near), n: track.similarity.toFixed(2) }) : "";
  }

  confirm() {
    return this.#rule("is", this.#person);
  }

  // The track's best faces become references of the person it shows.
  async learn() {
    const [track, person] = [this.#track, this.#person];
    try {
      const { references } = await call("POST", `/v1/tracks/${track.id}/enrol`, { person_id: person.id });
      card.close();
      done(say("learnt", { name: nameOf(person), n: references.length }), references.map(({ id }) => ["DELETE", `/v1/references/${id}`]));
    } catch (error) {
      toast(error.message);
    }
  }

  isNot() {
    return this.#rule("is_not", this.#person);
  }

  async is() {
    const track = this.#track;
    const near = track.nearest_person_id ? [{ person_id: track.nearest_person_id, probability: track.probability }] : [];
    const chosen = await pick(say("who"), { nearest: near, picture: `/v1/tracks/${track.id}/face.jpg?width=160` });
    if (!chosen) return;
    try {
      const person = chosen.person ?? (await call("POST", "/v1/people", { name: chosen.name, group: chosen.group }));
      // Somebody little known is learnt by being named: older faces can be found by it at once.
      await this.#rule("is", person, (person.usable_references ?? 0) < 5);
    } catch (error) {
      toast(error.message);
    }
  }

  async #rule(verdict, person, enrol = false) {
    const track = this.#track;
    try {
      const decision = await call("POST", `/v1/tracks/${track.id}/rulings`, { verdict, person_id: person.id, enrol });
      card.close();
      const text = say(verdict === "is" ? "ruled_is" : "ruled_is_not", { name: nameOf(person) });
      decided(text, [decision], () => this.#after());
      lookBack(decision, person.id, nameOf(person));
      await this.#after();
    } catch (error) {
      toast(error.message);
    }
  }

  #key(event) {
    if (!rules || event.ctrlKey || event.metaKey || event.altKey) return;
    const digit = Number(event.key);
    if (event.code === "KeyN" && this.#person) this.isNot();
    else if (event.code === "KeyY" && this.#person && !this.#track.ruled) this.confirm();
    else if (event.code === "KeyL" && this.#person) this.learn();
    else if (event.code === "KeyW") this.is();
    else if (digit >= 1 && digit <= this.#tracks.length) this.#turn(digit - 1);
    else return;
    event.preventDefault();
  }
}

function thumbnail(track, place) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "shot";
  button.dataset.place = place;
  button.setAttribute("aria-label", `${place + 1}`);
  button.append(Object.assign(document.createElement("img"), { src: `/v1/tracks/${track.id}/face.jpg?width=160`, alt: "" }));
  return button;
}
