// One's own account: name, password, sessions, tokens.
import { call, one, renew, say, toast } from "./page.js";
import { submitting, tokens } from "./secrets.js";

tokens(null);

submitting("[data-profile]", async (form) => {
  await call("PUT", "/v1/me", { name: form.elements.name.value });
  toast(say("saved"));
});

submitting("[data-password]", async (form) => {
  await call("PUT", "/v1/me/password", { old: form.elements.old.value, new: form.elements.new.value });
  form.reset();
  toast(say("password_changed"));
  await renew();
});

document.addEventListener("click", async (event) => {
  const end = event.target.closest("[data-end]");
  const out = event.target.closest("[data-out]");
  const unlink = event.target.closest("[data-unlink]");
  if (!end && !out && !unlink) return;
  try {
    if (unlink) {
      await call("DELETE", `/v1/me/links/${encodeURIComponent(unlink.dataset.unlink)}`);
      return await renew();
    }
    if (out) {
      await call("DELETE", "/v1/me/sessions");
      return location.assign("/sign-in");
    }
    await call("DELETE", `/v1/me/sessions/${end.dataset.end}`);
    toast(say("session_ended"));
    await renew();
    one("#sessions-title")?.scrollIntoView({ block: "nearest" });
  } catch (error) {
    toast(error.message);
  }
});
