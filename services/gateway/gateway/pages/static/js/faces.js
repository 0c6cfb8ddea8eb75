// Boxes over faces, from the video's tracks; asked for only when somebody wants to see them. A name opens its face's card.
import { all, say } from "./page.js";
import { nameOf, personOf } from "./picker.js";

export class Faces {
  onChoose = () => {};
  #root;
  #video;
  #loading = null;
  #tracks = [];
  #names = new Map();
  #shown = new Map();
  #on = false;

  constructor(root, video) {
    this.#root = root;
    this.#video = video;
    this.readNames();
    root.addEventListener("click", (event) => {
      const label = event.target.closest("[data-track]");
      if (label) this.onChoose(this.#tracks.find((track) => track.id === label.dataset.track));
    });
  }

  // The chips beside the scenes say who is in the video.
  readNames() {
    for (const chip of all("[data-only]")) {
      const name = chip.cloneNode(true);
      for (const extra of all(".n, .face", name)) extra.remove();
      this.#names.set(chip.dataset.only, { text: name.textContent.trim(), colour: [...chip.classList].find((c) => /^c\d$/.test(c)) });
    }
  }

  get on() {
    return this.#on;
  }

  toggle(ms) {
    this.#on = !this.#on;
    this.#root.hidden = !this.#on;
    if (this.#on) this.load().then(() => this.show(ms));
    return this.#on;
  }

  load() {
    this.#loading ??= this.#ask();
    return this.#loading;
  }

  async #ask() {
    const found = [];
    let cursor = null;
    do {
      const address = `/v1/videos/${this.#video}/tracks?limit=200${cursor ? `&cursor=${cursor}` : ""}`;
      const page = await (await fetch(address)).json();
      found.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    await Promise.all([...new Set(found.map((track) => track.person_id))].map((id) => this.#learn(id)));
    this.#tracks = found;
  }

  async #learn(id) {
    if (!id || this.#names.has(id)) return;
    const person = await personOf(id);
    if (person) this.#names.set(id, { text: nameOf(person), colour: `c${person.colour % 8}` });
  }

  // After a decision the tracks are others.
  async again(ms) {
    this.#loading = null;
    await this.load();
    for (const element of this.#shown.values()) element.remove();
    this.#shown.clear();
    this.show(ms);
  }

  async at(ms) {
    await this.load();
    return this.#tracks.filter((track) => ms >= track.span.start_ms && ms < track.span.end_ms && track.faces.length);
  }

  async several(ids) {
    await this.load();
    return this.#tracks.filter((track) => ids.includes(track.id));
  }

  // The picture lies within the player's element, with black beside or above it.
  #fit() {
    const film = this.#root.previousElementSibling;
    if (!film.videoWidth) return;
    const scale = Math.min(film.clientWidth / film.videoWidth, film.clientHeight / film.videoHeight);
    const [width, height] = [film.videoWidth * scale, film.videoHeight * scale];
    Object.assign(this.#root.style, {
      left: `${(film.clientWidth - width) / 2}px`,
      top: `${(film.clientHeight - height) / 2}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }

  show(ms) {
    if (!this.#on) return;
    this.#fit();
    const seen = new Set();
    for (const track of this.#tracks) {
      if (ms < track.span.start_ms || ms >= track.span.end_ms || !track.faces.length) continue;
      seen.add(track.id);
      place(this.#element(track), between(track.faces, ms));
    }
    for (const [id, element] of this.#shown) {
      if (seen.has(id)) continue;
      element.remove();
      this.#shown.delete(id);
    }
  }

  #element(track) {
    if (this.#shown.has(track.id)) return this.#shown.get(track.id);
    const who = track.person_id && this.#names.get(track.person_id);
    const element = document.createElement("div");
    element.className = who?.colour ?? "cu";
    if (track.copy_of) element.classList.add("copy");
    const label = element.appendChild(document.createElement("button"));
    label.type = "button";
    label.dataset.track = track.id;
    label.textContent = who ? `${who.text} ${track.ruled ? `✓ ${say("person_said")}` : track.probability.toFixed(2)}` : say("who");
    if (track.copy_of) label.append(` · ${say("copy")}`);
    this.#root.append(element);
    this.#shown.set(track.id, element);
    return element;
  }
}

// Between two pictures the box moves straight from one to the other; before the first and after the last it stays.
function between(faces, ms) {
  const after = faces.findIndex((face) => face.at_ms >= ms);
  const next = faces[after];
  const last = faces[after < 0 ? faces.length - 1 : after - 1];
  if (!last) return next.box;
  if (!next) return last.box;
  const share = (ms - last.at_ms) / (next.at_ms - last.at_ms);
  const side = (name) => last.box[name] + share * (next.box[name] - last.box[name]);
  return { left: side("left"), top: side("top"), right: side("right"), bottom: side("bottom") };
}

function place(element, box) {
  Object.assign(element.style, {
    left: `${100 * box.left}%`,
    top: `${100 * box.top}%`,
    width: `${100 * (box.right - box.left)}%`,
    height: `${100 * (box.bottom - box.top)}%`,
  });
  element.classList.toggle("low", box.top < 0.08);
}
