// Who has access: inviting, roles, shutting out, services and their tokens.
import { call, keys, one, openDialog, renew, say, toast } from "./page.js";
import { reveal, submitting, tokens } from "./secrets.js";

let service = null;
tokens(() => service);
keys({ KeyI: () => openDialog("invite") });

submitting("[data-invite]", async (form) => {
  const { name, login, role } = form.elements;
  const made = await call("POST", "/v1/invitations", { name: name.value || null, login: login.value || null, role: role.value });
  reveal(form, made.link);
  await renew();
});

submitting("[data-service]", async (form) => {
  await call("POST", "/v1/accounts", { name: form.elements.name.value, role: form.elements.role.value });
  form.closest("dialog").close();
  await renew();
});

async function change(row, changed, said) {
  try {
    await call("PATCH", `/v1/accounts/${row.dataset.account}`, changed);
    toast(said);
  } catch (error) {
    toast(error.message);
  }
  await renew();
}

async function reset(row) {
  try {
    const made = await call("POST", "/v1/invitations", { account_id: row.dataset.account });
    const dialog = openDialog("link");
    one("[data-whose]", dialog).textContent = row.dataset.called;
    reveal(dialog, made.link);
  } catch (error) {
    toast(error.message);
  }
}

document.addEventListener("change", (event) => {
  const picker = event.target.closest("[data-role]");
  if (picker) change(picker.closest("[data-account]"), { role: picker.value }, say("saved"));
});

document.addEventListener("click", async (event) => {
  const row = event.target.closest("[data-account]");
  const withdraw = event.target.closest("[data-withdraw]");
  if (withdraw) {
    await call("DELETE", `/v1/invitations/${withdraw.dataset.withdraw}`).catch((error) => toast(error.message));
    await renew();
  } else if (!row) return;
  else if (event.target.closest("[data-reset]")) await reset(row);
  else if (event.target.closest("[data-shut-out]")) {
    if (confirm(say("shut_out", { name: row.dataset.called }))) await change(row, { disabled: true }, say("is_shut_out"));
  } else if (event.target.closest("[data-let-in]")) await change(row, { disabled: false }, say("is_let_in"));
  else if (event.target.closest("[data-token-for]")) {
    service = row.dataset.account;
    openDialog("new-token");
  }
});
