// What is shown once: links of invitations, secrets of tokens.
import { all, call, one, renew, say, toast } from "./page.js";

// A form whose refusal stands beside it; its button rests meanwhile.
export function submitting(selector, act) {
  const form = one(selector);
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = one("[data-problem]", form);
    const buttons = all("footer button, .row button", form);
    problem.textContent = "";
    for (const button of buttons) button.disabled = true;
    try {
      await act(form);
    } catch (error) {
      problem.textContent = error.message;
    }
    for (const button of buttons) button.disabled = false;
  });
}

export function reveal(dialog, secret) {
  const place = one("[data-secret]", dialog);
  one("output", place).textContent = secret;
  place.hidden = false;
  if (one("footer", dialog)) one("footer", dialog).hidden = true; // it is made: a second click makes no second one
  one("[data-copy-secret]", place).focus();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy-secret]");
  if (!button) return;
  const output = one("output", button.closest("[data-secret]"));
  try {
    await navigator.clipboard.writeText(output.textContent);
    toast(say("copied_secret"));
  } catch {
    getSelection().selectAllChildren(output);
  }
});

// A secret is gone from the page once its dialog is closed.
for (const dialog of all("dialog")) {
  dialog.addEventListener("close", () => {
    for (const place of all("[data-secret]", dialog)) {
      one("output", place).textContent = "";
      place.hidden = true;
    }
    for (const form of all("form", dialog)) form.reset();
    for (const footer of all("footer", dialog)) footer.hidden = false;
  });
}

// Making and revoking tokens; `whose` gives the account they are for, none for one's own.
export function tokens(whose) {
  submitting("[data-token]", async (form) => {
    const scopes = [form.elements.scope.value, ...(form.elements.act?.checked ? ["act-for"] : [])];
    const days = form.elements.days.value ? Number(form.elements.days.value) : null;
    const made = await call("POST", "/v1/tokens", { name: form.elements.name.value, scopes, days, account_id: whose?.() ?? null });
    reveal(form, made.secret);
    await renew();
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-revoke]");
    if (!button) return;
    button.disabled = true;
    try {
      await call("DELETE", `/v1/tokens/${button.dataset.revoke}`);
      toast(say("revoked"));
      await renew();
    } catch (error) {
      toast(error.message);
      button.disabled = false;
    }
  });
}
