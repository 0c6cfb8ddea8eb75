// Pictures and sound along the timeline: asked for when a part of the video has been in sight for a moment.
import { call } from "./page.js";

const WAIT_MS = 220;
const SHAPE = 16 / 9;
const STEPS_MS = [250, 500, 1000, 2000, 5000, 10000, 20000, 30000, 60000, 120000, 300000, 600000, 1200000];

// A strip of pictures. Steps are round, so that the same ones are asked for wherever it is scrolled to.
export class Film {
  #lanes;
  #root;
  #video;
  #waiting;
  #shown = new Map();

  constructor(lanes, root, video) {
    this.#lanes = lanes;
    this.#root = root;
    this.#video = video;
  }

  draw() {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#fill(), WAIT_MS);
  }

  #fill() {
    const width = this.#root.clientHeight * SHAPE;
    const step = STEPS_MS.find((each) => each / this.#lanes.grain >= width) ?? STEPS_MS.at(-1);
    const [from, to] = this.#lanes.sight;
    const wanted = new Map();
    for (let at = Math.floor(from / step) * step; at < to; at += step) wanted.set(`${step}:${at}`, [at, step]);
    for (const [key, picture] of this.#shown) {
      if (wanted.has(key)) continue;
      picture.remove();
      this.#shown.delete(key);
    }
    for (const [key, [at, long]] of wanted) if (!this.#shown.has(key)) this.#shown.set(key, this.#picture(at, long));
  }

  #picture(at, step) {
    const middle = Math.min(this.#lanes.length - 1, at + Math.floor(step / 2));
    const picture = Object.assign(document.createElement("img"), { alt: "", src: `/v1/videos/${this.#video}/thumbnail?at_ms=${middle}&width=160` });
    picture.style.left = `${(100 * at) / this.#lanes.length}%`;
    picture.style.width = `${(100 * step) / this.#lanes.length}%`;
    this.#root.append(picture);
    return picture;
  }
}

// The sound as a waveform: one canvas as wide as the window, drawn for what is in sight.
export class Wave {
  #lanes;
  #canvas;
  #root;
  #peaks = null;
  #rate = 20;

  constructor(lanes, root, video) {
    this.#lanes = lanes;
    this.#root = root;
    this.#canvas = root.appendChild(document.createElement("canvas"));
    this.#read(video);
  }

  async #read(video) {
    const sound = await call("GET", `/v1/videos/${video}/waveform`).catch(() => null);
    this.#root.classList.remove("waiting");
    if (!sound?.peaks) {
      this.#root.classList.add("none");
      return;
    }
    this.#peaks = Uint8Array.from(atob(sound.peaks), (letter) => letter.charCodeAt(0));
    this.#rate = sound.per_second;
    this.draw();
  }

  draw() {
    if (!this.#peaks) return;
    const [from, to] = this.#lanes.sight;
    const grain = this.#lanes.grain;
    const width = Math.ceil((to - from) / grain);
    const height = this.#root.clientHeight;
    const dense = devicePixelRatio || 1;
    Object.assign(this.#canvas, { width: width * dense, height: height * dense });
    Object.assign(this.#canvas.style, { left: `${from / grain}px`, width: `${width}px`, height: `${height}px` });
    const pen = this.#canvas.getContext("2d");
    pen.scale(dense, dense);
    pen.fillStyle = getComputedStyle(this.#root).color;
    for (let x = 0; x < width; x += 2) {
      const tall = Math.max(1, (this.#loudest(from + x * grain, from + (x + 2) * grain) / 255) * (height - 6));
      pen.fillRect(x, (height - tall) / 2, 1.4, tall);
    }
  }

  #loudest(from, to) {
    const first = Math.floor((from / 1000) * this.#rate);
    const last = Math.max(first + 1, Math.ceil((to / 1000) * this.#rate));
    let most = 0;
    for (let at = first; at < last && at < this.#peaks.length; at += 1) most = Math.max(most, this.#peaks[at]);
    return most;
  }
}
