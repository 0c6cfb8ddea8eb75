// The gallery: a filter, adding somebody with photos, photos dropped on a card.
import { all, call, keys, one, openDialog, part, renew } from "./page.js";
import { list } from "./memberships.js";
import { chooseFace, sendPhotos } from "./photos.js";
import { dropzone } from "./sending.js";
import "./sections.js";

// What decides may have to be calibrated first: the page stands before.
const deciding = one("[data-deciding]");
if (deciding) part("/parts/gallery").then((found) => found && deciding.replaceChildren(...all(".version, .notice", found)));

// ---- the filter

const filter = one("[data-filter]");
const plain = (text) => text.normalize("NFKC").toLocaleLowerCase().replace(/\s+/g, "");
filter?.addEventListener("input", show);
document.addEventListener("renewed", () => filter && show());

function show() {
  const wanted = plain(filter.value);
  let shown = 0;
  for (const section of all("[data-group]")) {
    const whole = plain(section.dataset.group).includes(wanted);
    for (const card of all("[data-names]", section)) card.hidden = !(whole || plain(card.dataset.names).includes(wanted));
    const left = all("[data-names]", section).filter((card) => !card.hidden).length;
    section.hidden = left === 0 && !(whole && !all("[data-names]", section).length);
    shown += left;
  }
  one("[data-nothing]").hidden = shown > 0;
}

keys({
  KeyF: () => filter?.focus(),
  KeyA: () => openDialog("add"),
});

// ---- adding a person

const form = one("[data-person]"); // not there for viewers
let photos = [];
if (form) dropzone(one("[data-dropzone]", form), (files) => {
  photos = [...photos, ...files];
  one("[data-sending]", form).replaceChildren(...photos.map(named));
});

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = one("[data-problem]", form);
  problem.textContent = "";
  const said = new FormData(form);
  const body = { name: said.get("name"), group: said.get("group") || null, aliases: list(said.get("aliases")) };
  try {
    const person = await call("POST", "/v1/people", body);
    one("[data-sending]", form).replaceChildren();
    const { taken } = await sendPhotos(photos, person.id, one("[data-sending]", form));
    if (taken === photos.length) location.reload();
    else location.assign(`/people/${person.id}`);
  } catch (error) {
    problem.textContent = error.message;
  }
});

function named(file) {
  const row = document.createElement("li");
  row.textContent = file.name;
  return row;
}

// ---- photos dropped on somebody

const cardOf = (event) => event.dataTransfer?.types.includes("Files") && event.target.closest?.("article[data-photos-of]");
addEventListener("dragover", (event) => {
  event.preventDefault();
  one(".person.over-photo")?.classList.remove("over-photo");
  cardOf(event)?.classList?.add("over-photo");
});
addEventListener("drop", async (event) => {
  event.preventDefault();
  const card = cardOf(event);
  if (!card) return;
  const person = card.dataset.photosOf;
  const { taken, crowded } = await sendPhotos([...event.dataTransfer.files], person, one("[data-sending]", card));
  let chosen = 0;
  for (const each of crowded) chosen += (await chooseFace(each, person)) ? 1 : 0;
  if (taken + chosen) await renew();
});
