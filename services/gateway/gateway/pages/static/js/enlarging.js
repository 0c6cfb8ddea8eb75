// A small face beside its picture: enlarged by a machine when asked for, and always said to be.
import { one, say, toast } from "./page.js";

export function prepareEnlarging() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-enlarge]");
    if (button) toggle(button, button.closest("[data-reference]"));
  });
}

async function toggle(button, shown) {
  const enlarge = button.getAttribute("aria-pressed") === "false";
  const address = `/v1/references/${shown.dataset.reference}/picture${enlarge ? "?enlarged=true" : ""}`;
  button.disabled = true;
  try {
    if (enlarge) await ready(address);
    one("img", shown).src = address;
    one("[data-enlarged]", shown).hidden = !enlarge;
    button.setAttribute("aria-pressed", enlarge);
  } catch (error) {
    toast(error.message);
  }
  button.disabled = false;
}

// The picture, or the sentence that says why there is none.
async function ready(address) {
  const response = await fetch(address, { headers: { Accept: "image/jpeg" } }).catch(() => null);
  if (!response?.ok) throw new Error((await response?.json().catch(() => null))?.detail ?? say("failed"));
}
