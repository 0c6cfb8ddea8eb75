// Pictures that play from their in-point while the pointer is on them.
import { all, one } from "./page.js";

export const calm = matchMedia("(prefers-reduced-motion: reduce)");
const POINTER_MS = 140;

export function begin(picture) {
  if (one("video", picture)) return;
  const clip = document.createElement("video");
  Object.assign(clip, { muted: true, loop: true, playsInline: true, src: picture.dataset.preview });
  clip.addEventListener("error", () => clip.remove());
  clip.hidden = true;
  clip.addEventListener("playing", () => { clip.hidden = false; });
  one(".d", picture).before(clip);
  clip.play().catch(() => {});
}

export const end = (picture) => one("video", picture)?.remove();

function prepare() {
  for (const picture of all("[data-preview]:not([data-ready])")) {
    picture.dataset.ready = "";
    let waiting;
    const enter = () => {
      if (!calm.matches) waiting = setTimeout(() => begin(picture), POINTER_MS);
    };
    picture.addEventListener("pointerenter", enter);
    if (picture.matches(":hover")) enter(); // the pointer was there before this script
    picture.addEventListener("pointerleave", () => {
      clearTimeout(waiting);
      end(picture);
    });
  }
}
prepare();
for (const name of ["more", "found", "renewed"]) document.addEventListener(name, prepare);
