// Hits that play from their in-point under the pointer or when chosen, and a list for hands on the keyboard.
import { all, keys, one } from "./page.js";
import { input } from "./asking.js";
import { begin, calm, end } from "./previews.js";

const CHOSEN_MS = 450;

const pictureOf = (hit) => hit && one("[data-preview]", hit);
const chosen = () => one(".hit.sel");
let resting;

function choose(step) {
  const hits = all("[data-hit]");
  const at = hits.indexOf(chosen());
  if (at === 0 && step < 0) return input.focus();
  const next = hits[Math.min(hits.length - 1, Math.max(0, at + step))];
  if (next) mark(next);
}

function mark(hit) {
  if (hit === chosen()) return;
  leave();
  hit.classList.add("sel");
  hit.focus({ preventScroll: true });
  hit.scrollIntoView({ block: "nearest" });
  const picture = pictureOf(hit);
  if (picture && !calm.matches) resting = setTimeout(() => begin(picture), CHOSEN_MS);
}

function leave() {
  clearTimeout(resting);
  const hit = chosen();
  hit?.classList.remove("sel");
  if (pictureOf(hit)) end(pictureOf(hit));
}

function playHere() {
  const picture = pictureOf(chosen());
  if (!picture) return;
  clearTimeout(resting);
  if (one("video", picture)) end(picture);
  else begin(picture);
}

function press(selector) {
  const there = chosen() && one(selector, chosen());
  if (there) there.click();
}

keys({
  ArrowDown: () => choose(1),
  ArrowUp: () => choose(-1),
  KeyJ: () => choose(1),
  KeyK: () => choose(-1),
  KeyP: playHere,
  Space: playHere,
  KeyW: () => press("[data-why] > summary"),
  KeyM: () => press("[data-like]"),
  Escape: () => {
    leave();
    input.focus();
  },
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target === chosen()) location.assign(chosen().dataset.link);
});
input.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" || event.isComposing || event.defaultPrevented) return;
  event.preventDefault();
  leave();
  choose(1);
});
