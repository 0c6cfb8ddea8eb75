// What a command will make of the rows, as far as a page can know: shown at once, until the server has answered.
import { all, one } from "./page.js";

const two = (n) => String(Math.floor(n)).padStart(2, "0");
export const timecode = (ms) => `${two(ms / 3600000)}:${two((ms / 60000) % 60)}:${two((ms / 1000) % 60)}.${String(Math.floor(ms % 1000)).padStart(3, "0")}`;

let made = 0;

// `{ rows, gone }`: rows that take the place of those that are gone.
export function foreseen(command, scenes) {
  const ids = command.segment_ids ?? (command.segment_id ? [command.segment_id] : []);
  const named = new Set(ids);
  const gone = scenes.rows.filter((row) => named.has(row.dataset.segment));
  if (command.op === "create") return { rows: created(command, scenes), gone: [] };
  if (gone.length < named.size || !gone.length || gone.some((row) => row.dataset.expected)) return null;
  const rows = { delete: () => [], split: () => parts(gone[0], command.at_ms), merge: () => [merged(gone)] }[command.op];
  return { rows: rows ? rows() : gone.map((row) => changed(row, command)), gone };
}

// A scene that the server has not named yet: nothing can be done with it.
function unnamed(row, start, end) {
  const fresh = spanned(copied(row), start, end);
  fresh.dataset.segment = fresh.dataset.expected = `expected-${(made += 1)}`;
  fresh.id = fresh.dataset.expected;
  fresh.classList.remove("on", "chosen");
  fresh.removeAttribute("aria-current");
  return fresh;
}

function copied(row) {
  const fresh = row.cloneNode(true);
  fresh.setAttribute("aria-busy", "true");
  return fresh;
}

function spanned(row, start, end) {
  Object.assign(row.dataset, { start, end });
  one(".tc", row).textContent = `${timecode(start)} – ${timecode(end)}`;
  return row;
}

const startOf = (row) => Number(row.dataset.start);
const endOf = (row) => Number(row.dataset.end);

function parts(row, times) {
  const inside = times.filter((at) => startOf(row) < at && at < endOf(row)).sort((a, b) => a - b);
  const edges = [startOf(row), ...inside, endOf(row)];
  return edges.slice(1).map((end, at) => unnamed(row, edges[at], end));
}

function merged(rows) {
  return unnamed(rows[0], Math.min(...rows.map(startOf)), Math.max(...rows.map(endOf)));
}

function created({ start_ms, end_ms }, scenes) {
  if (!scenes.rows.length) return [];
  const fresh = unnamed(scenes.rows[0], start_ms, end_ms);
  for (const said of all(":scope > .ko, :scope > .en, :scope > .who, .tag", fresh)) said.remove();
  return [fresh];
}

function changed(row, { op, language, text, add = [], start_ms = null, end_ms = null }) {
  const fresh = copied(row);
  if (op === "move") spanned(fresh, start_ms ?? startOf(row), end_ms ?? endOf(row));
  if (op === "caption" && text) said(fresh, language, text);
  if (op === "tag" && add.length) fresh.append(Object.assign(document.createElement("span"), { className: "small faint", textContent: add.map((tag) => `#${tag}`).join(" ") }));
  return fresh;
}

// The reader's language stands first.
function said(row, language, text) {
  const name = language === document.documentElement.lang || !one(":scope > .ko", row) ? "ko" : "en";
  const before = one(":scope > .first", row);
  const place = one(`:scope > .${name}`, row) ?? (name === "ko" ? before : one(":scope > .ko", row)).insertAdjacentElement("afterend", Object.assign(document.createElement("span"), { className: name }));
  place.textContent = text;
}
