// On what ground a picture is kept, and until when; taking it out of matching.
import { call, one, openDialog, renew, say, toast } from "./page.js";

const form = one("[data-rights-of]");
let reference = null;

export function prepareRights() {
  document.addEventListener("click", (event) => {
    const shown = event.target.closest("[data-reference]");
    if (shown && event.target.closest("[data-edit-rights]")) edit(shown);
    if (shown && event.target.closest("[data-withdraw]")) withdraw(shown);
  });
  form.addEventListener("submit", save);
}

function edit(shown) {
  reference = shown.dataset.reference;
  const { rights, consent, expires_at } = JSON.parse(shown.dataset.rights);
  form.elements.address.value = shown.dataset.address;
  form.elements.rights.value = rights ?? "";
  form.elements.consent.value = consent;
  form.elements.expires_at.value = expires_at ? localDay(new Date(expires_at)) : "";
  one("[data-problem]", form).textContent = "";
  openDialog("rights");
}

const two = (n) => String(n).padStart(2, "0");
const localDay = (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

async function save(event) {
  event.preventDefault();
  const said = new FormData(form);
  const until = said.get("expires_at");
  const body = {
    address: said.get("address") || null,
    rights: said.get("rights") || null,
    consent: said.get("consent"),
    expires_at: until ? new Date(`${until}T00:00`).toISOString() : null,
  };
  try {
    await call("PUT", `/v1/references/${reference}`, body);
    form.closest("dialog").close();
    toast(say("saved"));
    await renew();
  } catch (error) {
    one("[data-problem]", form).textContent = error.message;
  }
}

async function withdraw(shown) {
  if (!confirm(say("withdraw_photo"))) return;
  try {
    await call("POST", `/v1/references/${shown.dataset.reference}/withdraw`);
    toast(say("withdrawn"));
    await renew();
  } catch (error) {
    toast(error.message);
  }
}
