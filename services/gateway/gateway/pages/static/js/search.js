// Search: hits that play from their in-point under the pointer, and a list for hands on the keyboard.
import { all, keys, one } from "./page.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const WAIT_MS = 140;

function begin(picture) {
  if (one("video", picture)) return;
  const clip = document.createElement("video");
  Object.assign(clip, { muted: true, loop: true, playsInline: true, src: picture.dataset.preview });
  clip.addEventListener("error", () => clip.remove());
  clip.hidden = true;
  clip.addEventListener("playing", () => { clip.hidden = false; });
  one(".d", picture).before(clip);
  clip.play().catch(() => {});
}

function end(picture) {
  one("video", picture)?.remove();
}

function prepare() {
  for (const picture of all("[data-preview]:not([data-ready])")) {
    picture.dataset.ready = "";
    let waiting;
    picture.addEventListener("pointerenter", () => {
      if (!calm) waiting = setTimeout(() => begin(picture), WAIT_MS);
    });
    picture.addEventListener("pointerleave", () => {
      clearTimeout(waiting);
      end(picture);
    });
  }
}
prepare();
document.addEventListener("more", prepare);

const chosen = () => one(".hit.sel");

function choose(step) {
  const hits = all("[data-hit]");
  const at = hits.indexOf(chosen());
  const next = hits[Math.min(hits.length - 1, Math.max(0, at + step))];
  if (!next) return;
  if (chosen()) leave(chosen());
  next.classList.add("sel");
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function leave(hit) {
  hit.classList.remove("sel");
  const picture = one("[data-preview]", hit);
  if (picture) end(picture);
}

function playHere() {
  const picture = chosen() && one("[data-preview]", chosen());
  if (!picture) return;
  if (one("video", picture)) end(picture);
  else begin(picture);
}

keys({
  ArrowDown: () => choose(1),
  ArrowUp: () => choose(-1),
  KeyJ: () => choose(1),
  KeyK: () => choose(-1),
  Space: playHere,
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target === chosen()) location.assign(chosen().dataset.link);
});

// While the answer is on its way.
one("[data-ask]").addEventListener("submit", () => {
  const shown = one(".answer, main > .state");
  const waiting = one("template[data-waiting]").content.cloneNode(true);
  if (shown) shown.replaceWith(waiting);
});
