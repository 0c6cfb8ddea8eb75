// Searches that are kept, and questions that are remembered.
import { call, keys, one, openDialog, say, toast } from "./page.js";
import { form, input } from "./asking.js";

const dialog = document.getElementById("save");
const saving = one("[data-save]", dialog);
const SINGLE = { q: "query", since: "since", until: "until", certain: "certain", only: "only" };
const LISTS = { person: "people", group: "groups", without: "without", video: "videos", scale: "scales", origin: "origins", ignored: "ignored", meant: "meant" };

// What the form asks, as REST says it.
export function question() {
  const asked = {};
  for (const [name, value] of new FormData(form)) {
    if (value === "") continue;
    if (name in LISTS) (asked[LISTS[name]] ??= []).push(value);
    else if (name === "plain") asked.understand = false;
    else if (name in SINGLE) asked[SINGLE[name]] = name === "only" ? true : value;
  }
  return asked;
}

dialog.addEventListener("toggle", () => {
  if (dialog.open) saving.elements.name.value ||= input.value.trim();
});
saving.addEventListener("submit", async (event) => {
  event.preventDefault();
  const problem = one("[data-problem]", saving);
  problem.textContent = "";
  try {
    const kept = await call("POST", "/v1/saved-searches", { name: saving.elements.name.value.trim(), question: question() });
    dialog.close();
    saving.reset();
    toast(say("search_kept", { name: kept.name }), { label: say("look"), act: () => location.assign("/saved") });
  } catch (error) {
    problem.textContent = error.message;
  }
});
keys({ KeyS: () => openDialog("save") });

document.addEventListener("settled", () => {
  const query = input.value.trim();
  if (query && one("[data-hit]")) call("PUT", "/v1/past-questions", { query }).catch(() => {});
});
