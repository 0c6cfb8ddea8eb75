// Who sees a video.
import { all, call, one, renew, say, toast } from "./page.js";
import { submitting } from "./secrets.js";

const form = one("[data-shown-to]");

function show() {
  one("[data-named]", form).hidden = form.elements.audience.value !== "named";
}

if (form) {
  show();
  form.addEventListener("change", show);
}

submitting("[data-shown-to]", async () => {
  const audience = form.elements.audience.value;
  const accounts = all('[name="account"]:checked', form).map((box) => box.value);
  const said = audience ? { audience, accounts: audience === "named" ? accounts : [] } : null;
  await call("PUT", `/v1/videos/${form.dataset.shownTo}/visibility`, said);
  form.closest("dialog").close();
  toast(say("shown_to"));
  await renew();
});
