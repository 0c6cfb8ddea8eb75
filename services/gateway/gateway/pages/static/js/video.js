// One video: the player, everything that keeps in step with it, and the hands that change it.
import { all, call, isWorking, keys, one, onRun, part, say, share, stepOf, toast } from "./page.js";
import { Bands } from "./bands.js";
import { decide } from "./conflicts.js";
import { Editing } from "./editing.js";
import { FaceCard } from "./facecard.js";
import { Faces } from "./faces.js";
import { Film, Wave } from "./film.js";
import { foreseen, timecode } from "./foreseen.js";
import { History } from "./history.js";
import { Inspector } from "./inspector.js";
import { Lanes } from "./lanes.js";
import { prepareLineUp } from "./lineup.js";
import { Marks } from "./marks.js";
import { Player } from "./player.js";
import { Scenes } from "./scenes.js";
import { Selection } from "./selection.js";
import { follow } from "./together.js";
import { prepareWithin } from "./within.js";
import "./shown_to.js";

const desk = one("main[data-video]");
const video = desk.dataset.video;
const start = Number(new URLSearchParams(location.search).get("t") ?? 0);
const scenes = new Scenes(one("[data-list]"), one("[data-said]"));
const root = one("[data-lanes]");
const lanes = root && new Lanes(root, (ms) => player.seek(ms));
const bands = lanes && new Bands(lanes, one("[data-bands]", root));
const marks = lanes && one("[data-inspector]") && new Marks(lanes, one(".ruler", root));
const film = lanes && one("[data-film]", root) && new Film(lanes, one("[data-film]", root), video);
const wave = lanes && one("[data-wave]", root) && new Wave(lanes, one("[data-wave]", root), video);
const player = new Player(one("[data-player]"), {
  rate: Number(desk.dataset.rate) || 25,
  start,
  sceneAt: (ms) => selection.one ?? scenes.at(ms),
});
const faces = one("[data-boxes]") && new Faces(one("[data-boxes]"), video);
const card = new FaceCard(again);
const selection = new Selection(scenes);
const editing = new Editing(video, Number(desk.dataset.atVersion));
const inspector = one("[data-inspector]") && new Inspector(one("[data-inspector]"), selection, editing); // of editors only
const history_ = new History(video, editing);
prepareLineUp(video);
prepareWithin(video, scenes);

// ---- in step with the player

player.onTime = (ms) => {
  one("[data-now]").textContent = timecode(ms);
  lanes?.show(ms);
  scenes.show(ms);
  bands?.mark(scenes.current?.dataset.segment);
  faces?.show(ms);
};
player.onTime(start);

if (lanes) {
  lanes.onView = () => {
    bands.draw();
    film?.draw();
    wave?.draw();
  };
  bands.fill(scenes.rows);
  bands.magnets = () => [player.ms, ...bands.cuts];
  bands.onSeek = (ms) => player.seek(ms);
  bands.onPress = (id, event) => choose(id, event);
  bands.onTrim = (trim) => editing.send({ op: "move", snap: true, ...trim }).then((done) => done ?? bands.draw());
  bands.editable = Boolean(inspector);
  bands.readCuts(video);
}

// ---- choosing

function choose(id, event = {}) {
  const row = scenes.row(id);
  if (row?.dataset.expected) return;
  selection.press(id, event);
  if (row && !event.ctrlKey && !event.metaKey && !event.shiftKey) goTo(row, false);
}

function goTo(row, play) {
  player.playScene(row, play);
  history.replaceState(null, "", `?t=${row.dataset.start}`);
}

scenes.onChoose = (row, play, event) => {
  if (event?.ctrlKey || event?.metaKey || event?.shiftKey) return selection.press(row.dataset.segment, event);
  selection.press(row.dataset.segment);
  goTo(row, play);
};
scenes.onToggle = (row) => selection.press(row.dataset.segment, { ctrlKey: true });
selection.onChange = () => {
  bands?.choose(new Set(selection.ids));
  inspector?.show();
};

// ---- what the hands do

// Without a choice the scene that is on the screen is meant.
function meant() {
  if (!selection.ids.length && scenes.current) selection.set([scenes.current.dataset.segment]);
  if (!selection.ids.length) toast(say("choose_first"));
  return selection.ids;
}

async function splitAt(ms) {
  await atRest();
  const row = selection.rows.find((each) => Number(each.dataset.start) < ms && ms < Number(each.dataset.end)) ?? scenes.current;
  if (!row) return toast(say("choose_first"));
  return editing.send({ op: "split", segment_id: row.dataset.segment, at_ms: [ms], snap: true });
}

function merge() {
  const ids = [...meant()];
  if (!ids.length) return null;
  if (ids.length === 1) {
    const rows = scenes.rows;
    const next = rows[rows.findIndex((row) => row.dataset.segment === ids[0]) + 1];
    if (!next) return toast(say("no_next"));
    ids.push(next.dataset.segment);
  }
  return editing.send({ op: "merge", segment_ids: ids, gaps: true });
}

function trim(edge) {
  const [id] = meant();
  if (id) editing.send({ op: "move", segment_id: id, [edge]: player.ms, snap: true });
}

function make() {
  if (!marks?.whole) return toast(say("mark_first"));
  return editing.send({ op: "create", start_ms: marks.in, end_ms: marks.out, snap: true }).then((done) => {
    if (!done) return;
    marks.clear();
    selection.set(done.segments.map(({ id }) => id));
    inspector.focusCaption();
  });
}

function fit() {
  const [id] = meant();
  if (!marks?.whole) return toast(say("mark_first"));
  return id && editing.send({ op: "move", segment_id: id, start_ms: marks.in, end_ms: marks.out, snap: true }).then((done) => done && marks.clear());
}

function remove() {
  const ids = meant();
  if (ids.length) editing.send({ op: "delete", segment_ids: ids });
}

// Of several scenes the one on the screen is written.
function write() {
  const ids = meant();
  const shown = scenes.current?.dataset.segment;
  if (ids.length > 1) selection.set([ids.includes(shown) ? shown : ids[0]]);
  if (ids.length) inspector.focusCaption();
}

if (marks) {
  marks.onChange = () => {
    one("[data-marked]").hidden = !marks.whole;
    if (marks.whole) one("[data-marked-span]").textContent = `${timecode(marks.in)} – ${timecode(marks.out)}`;
  };
}

const pressed = (name, on) => one(`[data-do="${name}"]`)?.setAttribute("aria-pressed", String(on));
const acts = {
  play: () => player.toggle(),
  previous: () => scenes.step(-1, player.ms),
  next: () => scenes.step(1, player.ms),
  speed: () => player.nextSpeed(),
  loop: () => pressed("loop", (player.repeats = !player.repeats)),
  faces: () => faces && pressed("faces", faces.toggle(player.ms)),
  mute: () => pressed("mute", player.mute()),
  full: () => player.fullScreen(),
  who: async () => faces && card.open(await faces.at(player.ms)),
  history: () => history_.toggle(),
  "history-of": () => history_.open(selection.ids[0]),
  "trim-in": () => trim("start_ms"),
  "trim-out": () => trim("end_ms"),
  "choose-none": () => selection.set([]),
  unmark: () => marks.clear(),
  delete: () => atRest().then(remove),
  split: () => splitAt(player.ms),
  merge: () => atRest().then(merge),
  make, fit,
};
document.addEventListener("click", (event) => acts[event.target.closest("[data-do]")?.dataset.do]?.());

keys({
  Space: acts.play,
  KeyK: acts.play,
  KeyJ: () => player.shuttle(-1),
  KeyL: () => player.shuttle(1),
  ArrowLeft: () => player.frame(-1),
  ArrowRight: () => player.frame(1),
  "Shift+ArrowLeft": () => player.seek(player.ms - 5000),
  "Shift+ArrowRight": () => player.seek(player.ms + 5000),
  ArrowUp: acts.previous,
  ArrowDown: acts.next,
  Enter: () => selection.rows[0] && goTo(selection.rows[0], true),
  Escape: acts["choose-none"],
  KeyF: acts.faces,
  KeyH: acts.history,
  KeyR: acts.loop,
  KeyV: acts.mute,
  "+": () => lanes?.zoom(2),
  "=": () => lanes?.zoom(2),
  "-": () => lanes?.zoom(0.5),
});

if (inspector) keys({
  "Shift+ArrowUp": () => extend(-1),
  "Shift+ArrowDown": () => extend(1),
  Delete: acts.delete,
  Backspace: acts.delete,
  BracketLeft: acts["trim-in"],
  BracketRight: acts["trim-out"],
  KeyA: () => whole.then(() => selection.everything()),
  KeyE: write,
  KeyG: async () => meant().length && (await inspector.show(), one("[data-new-tag]")?.focus()),
  KeyI: () => marks?.setIn(player.ms),
  KeyM: acts.merge,
  KeyN: make,
  KeyO: () => marks?.setOut(player.ms),
  KeyP: () => meant().length && inspector.people(),
  "Shift+KeyP": () => meant().length && inspector.people("remove"),
  KeyS: acts.split,
  KeyT: fit,
  KeyW: acts.who,
  KeyZ: () => editing.undo(),
  "Shift+KeyZ": () => editing.redo(),
});

function extend(direction) {
  const rows = scenes.shown;
  const ids = new Set(selection.ids.length ? selection.ids : [scenes.current?.dataset.segment]);
  const at = direction > 0 ? rows.findLastIndex((row) => ids.has(row.dataset.segment)) : rows.findIndex((row) => ids.has(row.dataset.segment));
  const next = rows[at + direction];
  if (next) selection.set([...ids, next.dataset.segment].filter(Boolean));
}

// ---- what has changed

editing.onConflict = decide;
editing.onState = (state, edited) => {
  const told = one("[data-state]");
  told.dataset.state = state;
  told.textContent = state === "saving" ? say("saving") : say(`state_${state}`);
  if (state === "saved") together.searchable(edited);
};
editing.onSend = (command) => {
  const expected = foreseen(command, scenes);
  if (!expected) return null;
  const [fresh, gone] = [expected.rows, expected.gone].map((rows) => rows.map((row) => row.dataset.segment));
  const show = (rows) => {
    scenes.replace(rows, [...gone, ...fresh]);
    bands?.fill(scenes.rows);
    scenes.show(player.ms);
  };
  show(expected.rows);
  return Object.assign(() => show(expected.gone), { rows: expected.rows });
};
editing.onEdited = (edited, expected) => (settled = settle(edited, expected?.rows ?? []));
let settled = Promise.resolve();

// As it turned out: also of scenes that were to change and did not.
async function settle(edited, expected) {
  // What people said of faces changed with it: the lanes too.
  if (edited.edits.some(({ decision_id, kind }) => decision_id || kind === "revert")) return again();
  const unnamed = expected.filter(({ dataset }) => dataset.expected).map(({ dataset }) => dataset.expected);
  const named = expected.filter(({ dataset }) => !dataset.expected).map(({ dataset }) => dataset.segment);
  await renew([...new Set([...edited.segments.map(({ id }) => id), ...named])], [...edited.removed, ...unnamed]);
  selection.follow(edited.removed, edited.lineage);
}

// What hands mean is what they see: what is still being answered is waited for.
const atRest = () => editing.idle().then(() => settled);

// Some scenes as they are now, everything else left where it is.
async function renew(ids, removed) {
  const fresh = ids.length <= 300 ? await rowsOf(ids) : null;
  if (!fresh) return again();
  scenes.replace(fresh, [...removed, ...ids]);
  shown();
  await inspector?.renew(ids);
}

async function rowsOf(ids) {
  if (!ids.length) return [];
  const found = await part(`/parts/videos/${video}/rows?${ids.map((id) => `segment=${id}`).join("&")}`);
  return found && all(".seg", found);
}

function shown() {
  for (const told of all("[data-shown-version]")) told.textContent = say("version", { n: editing.version });
  for (const told of all("[data-scenes]")) told.textContent = scenes.rows.length;
  bands?.fill(scenes.rows);
  selection.renewed();
  player.onTime(player.ms);
  history_.renew();
}

const together = follow(video, editing, {
  onChange: async ({ ids, removed }) => renew(ids, removed),
  onWhole: () => again(),
  onSearchable: () => {
    const told = one("[data-state]");
    if (told.dataset.state === "saved") told.textContent = say("state_searchable");
  },
});

// Faces: a name over one, or in a scene, opens their card.
if (faces) faces.onChoose = async (track) => card.open(await faces.at(player.ms), track);
if (inspector) inspector.onFace = async (tracks) => faces && card.open(await faces.several(tracks));
document.addEventListener("click", async (event) => {
  const named = event.target.closest("[data-list] [data-tracks]");
  if (named && faces) card.open(await faces.several(named.dataset.tracks.split(" ")));
});

// After a decision: the page as it is rendered now, put where it was.
async function again() {
  const fresh = await part(`${location.pathname}?t=${player.ms}`);
  if (!fresh) return;
  if (!one("[data-lanes]", fresh) !== !lanes || !one("[data-player]", fresh) !== !one("[data-player]")) return location.replace(`?t=${player.ms}`);
  for (const name of ["[data-who-is-in]", "[data-work]"]) one(name)?.replaceWith(one(name, fresh));
  desk.dataset.run = one("main", fresh).dataset.run ?? "";
  editing.version = Math.max(editing.version, Number(one("main", fresh).dataset.atVersion));
  if (lanes && one("[data-lanes]", fresh)) lanes.renew(one("[data-lanes]", fresh));
  scenes.renew(all(".seg", fresh));
  const further = one("[data-rest]", fresh);
  if (further) await loadRest(further.getAttribute("href"));
  faces?.readNames();
  await faces?.again(player.ms);
  shown();
  await inspector?.renew(selection.ids);
}

// The rest of a long list, once the page stands.
const rest = one("[data-rest]");
const calm = window.requestIdleCallback ?? ((go) => setTimeout(go, 200));
const whole = rest ? new Promise((done) => calm(() => loadRest(rest.href).then(() => rest.remove()).finally(done), { timeout: 1500 })) : Promise.resolve();

async function loadRest(address) {
  for (let next = address; next; ) {
    const more = await part(next);
    if (!more) return;
    scenes.append([...more.querySelectorAll(".seg")]);
    next = one("[data-rest]", more)?.getAttribute("href");
    player.onTime(player.ms);
  }
  bands?.fill(scenes.rows);
}

onRun((run) => {
  if (run.video_id !== video) return;
  if (run.id !== desk.dataset.run && !isWorking(run)) return;
  if (run.id !== desk.dataset.run || !isWorking(run)) return again();
  const shownRun = one("[data-working]");
  one("[data-step]", shownRun).textContent = stepOf(run);
  one("progress", shownRun).value = share(run);
  if (run.realtime) one("[data-speed]", shownRun).textContent = `${run.realtime.toFixed(1)}× ${say("realtime")}`;
});

// A link to a scene opens it, however old it is; of one that is no more, what shows on instead.
const linked = new URLSearchParams(location.search).get("segment");
if (linked) openLinked(linked);

async function openLinked(id) {
  if (scenes.row(id)) return choose(id);
  const found = await call("GET", `/v1/segments/${id}`).catch(() => null);
  if (!found) return toast(say("no_scene"));
  if (found.state === "live") {
    player.seek(found.span.start_ms);
    await whole;
    return choose(id);
  }
  toast(say(found.state === "deleted" ? "was_deleted" : "shows"));
  player.seek(found.span.start_ms);
  selection.set(found.successors.map((each) => each.id).filter((each) => scenes.row(each)));
  return null;
}
