// What happened to the video or to one scene: newest first, each with its difference and its way back.
import { one, part, say } from "./page.js";

const drawer = document.getElementById("history");
const list = drawer && one("[data-history]", drawer);

export class History {
  #video;
  #editing;
  #address = null;

  constructor(video, editing) {
    this.#video = video;
    this.#editing = editing;
    drawer?.addEventListener("click", (event) => this.#click(event));
    drawer?.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      drawer.close();
    });
    drawer?.addEventListener("toggle", (event) => this.#unfold(event.target), true);
  }

  async open(segment = null) {
    this.#address = `/parts/videos/${this.#video}/history${segment ? `?segment=${segment}` : ""}`;
    one("[data-of-scene]", drawer).hidden = !segment;
    if (!drawer.open) drawer.show();
    await this.renew();
    one("[data-close]", drawer).focus();
  }

  toggle() {
    if (drawer.open) drawer.close();
    else this.open();
  }

  async renew() {
    if (!drawer?.open) return;
    list.setAttribute("aria-busy", "true");
    const fresh = await part(this.#address);
    list.removeAttribute("aria-busy");
    if (fresh) list.replaceChildren(...fresh.body.children);
    else list.textContent = say("failed");
  }

  // The difference is asked for when somebody looks at it.
  async #unfold(entry) {
    const place = entry.open && one("[data-difference]", entry);
    if (!place || place.children.length) return;
    const fresh = await part(`/parts/videos/${this.#video}/edits/${entry.dataset.version}`);
    if (fresh) place.replaceChildren(...fresh.body.children);
  }

  #click(event) {
    const at = event.target.closest("[data-way]");
    if (at) this.#editing.send({ op: at.dataset.way, version: Number(at.dataset.version) });
    const all = event.target.closest("[data-whole]");
    if (all) this.open();
  }
}
