// Two people changed the same scene: both sides, field by field, and the one who came later decides.
import { one, openDialog, say } from "./page.js";

const dialog = document.getElementById("conflict");

// Settles with true when it is to be done all the same.
export function decide({ conflicts, message }) {
  one("[data-why]", dialog).textContent = message;
  one("[data-sides]", dialog).replaceChildren(...conflicts.flatMap(rows));
  openDialog("conflict");
  return new Promise((settle) => {
    let mine = false;
    one("[data-mine]", dialog).onclick = () => {
      mine = true;
      dialog.close();
    };
    dialog.addEventListener("close", () => settle(mine), { once: true });
  });
}

function rows({ fields, theirs, edits }) {
  const who = edits.map((edit) => `${edit.by ?? edit.actor} · ${edit.version}`).join(", ");
  if (!theirs) return [row(say("scene"), "", say("gone"), "", who)];
  return fields.map(({ field, base, theirs: now, yours }) => row(say(`field_${field.split(/[.:]/)[0]}`), told(base), told(now), told(yours), who));
}

function row(...cells) {
  const line = document.createElement("tr");
  line.append(...cells.map((text, at) => Object.assign(document.createElement(at ? "td" : "th"), { textContent: text })));
  return line;
}

function told(value) {
  if (value === null || value === undefined) return "—";
  if (value === true) return "✓";
  if (Array.isArray(value)) return value.map((each) => each.text ?? "✓").join(" / ");
  if (value.start_ms !== undefined) return `${(value.start_ms / 1000).toFixed(3)} – ${(value.end_ms / 1000).toFixed(3)}`;
  return value.text ?? JSON.stringify(value);
}
