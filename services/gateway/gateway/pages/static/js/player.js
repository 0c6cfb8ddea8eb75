// The player: times in whole milliseconds, one frame at a time, J K L, scenes that repeat.
import { one, say } from "./page.js";

const SPEEDS = [1, 1.5, 2, 4, 0.5];

export class Player {
  onTime = () => {};
  repeats = false;
  #video;
  #ms;
  #rate;
  #sceneAt;
  #offset = 0; // of a preview that stands in for a file the browser can't play
  #until = null;
  #beginning = false; // the file is not known yet: seeks wait

  constructor(video, { rate, start, sceneAt }) {
    this.#video = video;
    this.#rate = rate;
    this.#ms = start;
    this.#sceneAt = sceneAt;
    if (!video) return;
    this.#begin();
    video.addEventListener("error", () => this.#unplayable());
    if (video.error) this.#unplayable();
    video.addEventListener("click", () => this.toggle());
    for (const name of ["play", "pause", "ended"]) video.addEventListener(name, () => this.#showPlaying());
    for (const name of ["seeked", "timeupdate"]) video.addEventListener(name, () => this.#tick());
    video.addEventListener("waiting", () => this.#buffering(true));
    for (const name of ["playing", "seeked", "pause"]) video.addEventListener(name, () => this.#buffering(false));
    this.#follow();
  }

  // The file may be known before this script runs, or later.
  #begin() {
    if (!this.#ms) return;
    const start = () => { this.#video.currentTime = this.#ms / 1000; };
    if (this.#video.readyState) start();
    else {
      this.#beginning = true;
      this.#video.addEventListener("loadedmetadata", () => {
        this.#beginning = false;
        start();
      }, { once: true });
    }
  }

  get ms() {
    return this.#ms;
  }

  // Pictures, where the browser tells of each one; timeupdate comes four times a second.
  #follow() {
    const next = () => {
      this.#tick();
      this.#video.requestVideoFrameCallback?.(next);
    };
    this.#video.requestVideoFrameCallback?.(next);
  }

  #tick() {
    if (!this.#video.readyState || this.#beginning || this.#video.seeking) return;
    this.#ms = Math.round(this.#video.currentTime * 1000) + this.#offset;
    this.onTime(this.#ms);
    if (this.repeats && !this.#video.paused) this.#repeat();
  }

  #repeat() {
    this.#until ??= this.#sceneAt(this.#ms);
    const scene = this.#until;
    if (scene && (this.#ms >= Number(scene.dataset.end) || this.#ms < Number(scene.dataset.start) - 500)) this.seek(Number(scene.dataset.start));
  }

  seek(ms) {
    if (!this.#video || this.#offset) {
      this.#ms = Math.max(0, ms);
      return this.onTime(this.#ms);
    }
    this.#video.currentTime = Math.max(0, Math.min(ms / 1000, (this.#video.duration || Infinity) - 0.001));
    this.#ms = Math.max(0, Math.round(ms));
    this.onTime(this.#ms);
  }

  playScene(scene, play) {
    this.#until = this.repeats ? scene : null;
    if (this.#video?.dataset.standin !== undefined) return this.#playPreview(scene);
    this.seek(Number(scene.dataset.start));
    if (play) this.#video?.play().catch(() => {});
  }

  toggle() {
    if (!this.#video) return;
    this.#until = null;
    if (this.#video.paused) {
      this.#video.playbackRate = Math.max(0.25, this.#video.playbackRate);
      this.#video.play().catch(() => {});
    } else this.#video.pause();
  }

  // L plays, then faster; J steps back, further each time it is pressed again soon.
  shuttle(direction) {
    if (!this.#video) return;
    if (direction < 0) return this.seek(this.#ms - 2000);
    if (this.#video.paused) return this.toggle();
    this.#speed(Math.min(8, this.#video.playbackRate * 2));
  }

  nextSpeed() {
    this.#speed(SPEEDS[(SPEEDS.indexOf(this.#video.playbackRate) + 1) % SPEEDS.length]);
  }

  #speed(rate) {
    this.#video.playbackRate = rate;
    one("[data-rate-shown]").textContent = `${rate}×`;
  }

  frame(direction) {
    if (!this.#video) return this.seek(this.#ms + direction * 1000);
    this.#video.pause();
    this.seek(this.#ms + (direction * 1000) / this.#rate);
  }

  mute() {
    this.#video.muted = !this.#video.muted;
    return this.#video.muted;
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else one(".screen").requestFullscreen?.();
  }

  #showPlaying() {
    const button = one('[data-do="play"]');
    const paused = this.#video.paused;
    button.setAttribute("aria-label", say(paused ? "play" : "pause"));
    one("path", button).setAttribute("d", paused ? "M3 1.5v11l9.5-5.5z" : "M3 1.5h3v11H3zM8 1.5h3v11H8z");
  }

  #buffering(on) {
    one("[data-buffering]").hidden = !on;
  }

  #unplayable() {
    if (this.#video.dataset.standin !== undefined) return this.#buffering(false);
    this.#video.dataset.standin = "";
    one(".frame").hidden = true;
    one("[data-unplayable]").hidden = false;
  }

  #playPreview(scene) {
    one(".frame").hidden = false;
    one("[data-unplayable]").hidden = true;
    this.#offset = Number(scene.dataset.start);
    this.#video.src = `/v1/segments/${scene.dataset.segment}/preview.mp4`;
    this.#video.play().catch(() => {});
  }
}
