// People: adding somebody with photos, renaming, taking photos in and out.
import { all, call, one, say } from "./page.js";
import { dropzone, send } from "./sending.js";

const list = (text) => text.split(",").map((name) => name.trim()).filter(Boolean);

// ---- adding a person

const form = one("[data-person]");
if (form) {
  let photos = [];
  dropzone(one("[data-dropzone]", form), (files) => {
    photos = [...photos, ...files];
    one("[data-sending]", form).replaceChildren(...photos.map(named));
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = one("[data-problem]", form);
    problem.textContent = "";
    const said = new FormData(form);
    const body = { name: said.get("name"), group: said.get("group") || null, aliases: list(said.get("aliases")) };
    try {
      const person = await call("POST", "/v1/people", body);
      one("[data-sending]", form).replaceChildren();
      const taken = await sendAll(photos, person.id, one("[data-sending]", form));
      if (taken === photos.length) location.reload();
      else location.assign(`/people/${person.id}`);
    } catch (error) {
      problem.textContent = error.message;
    }
  });
}

function named(file) {
  const row = document.createElement("li");
  row.textContent = file.name;
  return row;
}

async function sendAll(photos, personId, rows) {
  let taken = 0;
  for (const photo of photos) {
    const reference = await send(photo, `/v1/people/${personId}/references`, "photo", rows, (_, status) =>
      status === 200 ? say("there") : say("learned"));
    if (reference) taken += 1;
  }
  return taken;
}

// ---- one person

const zone = one("[data-photos-of]");
if (zone) {
  dropzone(zone, async (files) => {
    const taken = await sendAll(files, zone.dataset.photosOf, one("[data-sending]"));
    if (taken === files.length) location.reload();
  });
}

for (const button of all("[data-forget]")) {
  button.addEventListener("click", async () => {
    if (!confirm(say("remove_photo"))) return;
    await call("DELETE", `/v1/references/${button.dataset.forget}`);
    button.closest("figure").remove();
  });
}

const rename = one("[data-rename]");
rename?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = one("[data-problem]", rename);
  problem.textContent = "";
  const said = new FormData(rename);
  try {
    await call("PUT", `/v1/people/${rename.dataset.rename}`, { name: said.get("name"), aliases: list(said.get("aliases")) });
    one("[data-saved]", rename).textContent = say("saved");
  } catch (error) {
    problem.textContent = error.message;
  }
});
