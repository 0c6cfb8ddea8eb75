// What was found, summed up in a few sentences, each with the scenes it stands on; asked for, never at once.
import { call, one, say } from "./page.js";
import { tell, tellFailed, waiting } from "./answering.js";
import { question } from "./keeping.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-sum-up]");
  if (!button) return;
  const box = one("[data-summary]");
  button.disabled = true;
  waiting(box, say("answering"));
  try {
    const summary = await call("POST", "/v1/summaries", { ...question(), language: document.documentElement.lang });
    tell(box, summary, say("summary"));
  } catch (error) {
    tellFailed(box, error.message);
  }
  button.disabled = false;
});
