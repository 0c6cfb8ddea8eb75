// Which groups somebody is in, and since when.
import { all, call, one, say } from "./page.js";

export const list = (text) => text.split(",").map((name) => name.trim()).filter(Boolean);

export function prepareMemberships(person) {
  const form = one("[data-memberships]");
  const rows = one("[data-rows]", form);
  form.addEventListener("click", (event) => event.target.closest("[data-take-out]")?.closest("[data-group]").remove());
  one("[data-add-group]", form).addEventListener("change", (event) => {
    const [chosen] = event.target.selectedOptions;
    if (chosen.value && !one(`[data-group="${chosen.value}"]`, rows)) rows.append(row(form, chosen));
    event.target.value = "";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    one("[data-problem]", form).textContent = "";
    try {
      await call("PUT", `/v1/people/${person}/memberships`, all("[data-group]", rows).map(membership));
      one("[data-saved]", form).textContent = say("saved");
    } catch (error) {
      one("[data-problem]", form).textContent = error.message;
    }
  });
}

function row(form, chosen) {
  const made = one("template", form).content.firstElementChild.cloneNode(true);
  made.dataset.group = chosen.value;
  one("b", made).textContent = chosen.textContent;
  return made;
}

const membership = (shown) => ({
  group_id: shown.dataset.group,
  since: one("[name=since]", shown).value || null,
  until: one("[name=until]", shown).value || null,
});
