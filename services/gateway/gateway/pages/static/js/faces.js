// Boxes over faces, from the video's tracks; asked for only when somebody wants to see them.
import { all, say } from "./page.js";

export class Faces {
  #root;
  #video;
  #tracks = null;
  #names = new Map();
  #shown = new Map();
  #on = false;

  constructor(root, video) {
    this.#root = root;
    this.#video = video;
    for (const chip of all("[data-only]")) {
      const name = chip.cloneNode(true);
      for (const extra of all(".n, .face", name)) extra.remove();
      this.#names.set(chip.dataset.only, { text: name.textContent.trim(), colour: [...chip.classList].find((c) => /^c\d$/.test(c)) });
    }
  }

  toggle(ms) {
    this.#on = !this.#on;
    this.#root.hidden = !this.#on;
    if (this.#on) this.#load().then(() => this.show(ms));
    return this.#on;
  }

  async #load() {
    if (this.#tracks) return;
    this.#tracks = [];
    let cursor = null;
    do {
      const address = `/v1/videos/${this.#video}/tracks?limit=200${cursor ? `&cursor=${cursor}` : ""}`;
      const page = await (await fetch(address)).json();
      this.#tracks.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
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
    if (!this.#on || !this.#tracks) return;
    this.#fit();
    const seen = new Set();
    for (const track of this.#tracks) {
      if (ms < track.span.start_ms || ms >= track.span.end_ms || !track.faces.length) continue;
      const box = at(track.faces, ms);
      seen.add(track.id);
      place(this.#element(track), box);
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
    const label = element.appendChild(document.createElement("b"));
    label.textContent = who ? `${who.text} ${track.probability.toFixed(2)}` : say("who");
    this.#root.append(element);
    this.#shown.set(track.id, element);
    return element;
  }
}

// Between two pictures the box moves straight from one to the other; before the first and after the last it stays.
function at(faces, ms) {
  const after = faces.findIndex((face) => face.at_ms >= ms);
  const next = faces[after];
  const last = faces[after < 0 ? faces.length - 1 : after - 1];
  if (!last) return next.box;
  if (!next) return last.box;
  const share = (ms - last.at_ms) / (next.at_ms - last.at_ms);
  const between = (side) => last.box[side] + share * (next.box[side] - last.box[side]);
  return { left: between("left"), top: between("top"), right: between("right"), bottom: between("bottom") };
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
