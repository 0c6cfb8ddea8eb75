// Saved searches: renamed, looked at, removed; kept in step with what is indexed.
import { all, call, isWorking, one, onRun, renew, say, toast } from "./page.js";
import "./previews.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-looked], [data-remove]");
  if (!button) return;
  const { looked, remove } = button.dataset;
  button.disabled = true;
  try {
    if (looked) await call("POST", `/v1/saved-searches/${looked}/looked`);
    else await call("DELETE", `/v1/saved-searches/${remove}`);
    await renew();
    document.dispatchEvent(new CustomEvent("news"));
  } catch (error) {
    toast(error.message);
    button.disabled = false;
  }
});
for (const form of all("[data-rename]")) prepare(form);
document.addEventListener("renewed", () => all("[data-rename]").forEach(prepare));

function prepare(form) {
  if (form.dataset.ready !== undefined) return;
  form.dataset.ready = "";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await call("PUT", `/v1/saved-searches/${form.dataset.rename}`, { name: form.elements.name.value.trim() });
      toast(say("saved"));
    } catch (error) {
      toast(error.message);
    }
  });
}
onRun((run) => {
  if (!isWorking(run) && !one("[data-rename]:focus-within")) renew();
});
