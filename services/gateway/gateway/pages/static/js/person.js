// One person: photos in and out, names, groups, merging, forgetting.
import { call, keys, one, openDialog, part, renew, say, toast } from "./page.js";
import { nameOf, pick } from "./picker.js";
import { list, prepareMemberships } from "./memberships.js";
import { prepareEnlarging } from "./enlarging.js";
import { prepareRights } from "./rights.js";
import { chooseFace, sendPhotos } from "./photos.js";
import { dropzone } from "./sending.js";
import { doneThere } from "./undoing.js";
import "./sections.js";

const { person, name } = one("[data-person]").dataset;

// Counting what a look back would find may take a moment: the page stands before.
part(`/parts/people/${person}/look-back`).then((found) => {
  const link = found && one("a", found);
  if (link) one("[data-look-back-link]").replaceWith(link);
});

// ---- photos

dropzone(one("[data-photos-of]"), async (files) => {
  const { taken, crowded } = await sendPhotos(files, person, one("[data-sending]"));
  for (const each of crowded) await chooseFace(each, person);
  if (taken || crowded.length) await renew();
});
prepareRights();
prepareEnlarging();

document.addEventListener("click", async (event) => {
  const remove = event.target.closest("[data-forget]");
  const apart = event.target.closest("[data-unmerge]");
  try {
    if (remove && confirm(say("remove_photo"))) {
      await call("DELETE", `/v1/references/${remove.dataset.forget}`);
      await renew();
    }
    if (apart) {
      await call("POST", `/v1/people/${apart.dataset.unmerge}/unmerge`);
      location.reload();
    }
    if (event.target.closest("[data-merge]")) await merge();
  } catch (error) {
    toast(error.message);
  }
});

// ---- names and groups

const rename = one("[data-rename]");
rename.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = one("[data-problem]", rename);
  problem.textContent = "";
  const said = new FormData(rename);
  try {
    await call("PUT", `/v1/people/${person}`, { name: said.get("name"), aliases: list(said.get("aliases")), sex: said.get("sex") || null });
    one("[data-saved]", rename).textContent = say("saved");
  } catch (error) {
    problem.textContent = error.message;
  }
});
prepareMemberships(person);

// ---- merging

async function merge() {
  const chosen = await pick(say("same_as", { name }), { fresh: false, without: [person] });
  if (!chosen) return;
  const into = chosen.person;
  await call("POST", `/v1/people/${person}/merge`, { into: into.id });
  doneThere(`/people/${into.id}`, say("merged", { name: nameOf(into) }), [["POST", `/v1/people/${person}/unmerge`]]);
}
keys({ KeyM: () => one("[data-merge]")?.click() });

// ---- forgetting

const forget = one("[data-forget-person]");
const typed = one("[name=name]", forget);
const spelt = (text) => text.normalize("NFC").trim();
typed.addEventListener("input", () => { one(".danger", forget).disabled = spelt(typed.value) !== spelt(typed.dataset.expected); });
forget.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = one("[data-problem]", forget);
  problem.textContent = "";
  const button = one(".danger", forget);
  button.disabled = true;
  try {
    const merged = forget.elements.merged?.checked ? "?merged=true" : "";
    showReceipt(await call("DELETE", `/v1/people/${person}${merged}`));
  } catch (error) {
    problem.textContent = error.message;
    button.disabled = false;
  }
});

function showReceipt(receipt) {
  const rows = Object.entries(receipt).filter(([, count]) => typeof count === "number");
  one("[data-receipt]").replaceChildren(...rows.flatMap(([what, count]) => [
    Object.assign(document.createElement("dt"), { textContent: count, className: "tc" }),
    Object.assign(document.createElement("dd"), { textContent: say(`went_${what}`) }),
  ]));
  one("[data-human-texts]").hidden = receipt.human_texts.length === 0;
  one("[data-human-texts] ul").replaceChildren(...receipt.human_texts.map((where) => Object.assign(document.createElement("li"), { textContent: where })));
  one("#forget").close();
  const dialog = openDialog("receipt");
  dialog.addEventListener("close", () => location.assign("/people"));
}
