// One video: the player, and everything that keeps in step with it.
import { all, isWorking, keys, one, onRun, part, say, share, stepOf } from "./page.js";
import { FaceCard } from "./facecard.js";
import { Faces } from "./faces.js";
import { Lanes } from "./lanes.js";
import { prepareLineUp } from "./lineup.js";
import { Player } from "./player.js";
import { Scenes } from "./scenes.js";

const desk = one("main[data-video]");
const start = Number(new URLSearchParams(location.search).get("t") ?? 0);
const scenes = new Scenes(one("[data-list]"), one("[data-said]"));
const lanes = one("[data-lanes]") && new Lanes(one("[data-lanes]"), (ms) => player.seek(ms));
const player = new Player(one("[data-player]"), {
  rate: Number(desk.dataset.rate) || 25,
  start,
  sceneAt: (ms) => scenes.at(ms),
});
const faces = one("[data-boxes]") && new Faces(one("[data-boxes]"), desk.dataset.video);
const card = new FaceCard(again);
prepareLineUp(desk.dataset.video);

player.onTime = (ms) => {
  one("[data-now]").textContent = timecode(ms);
  lanes?.show(ms);
  scenes.show(ms);
  lanes?.mark(scenes.current?.dataset.segment);
  faces?.show(ms);
};
player.onTime(start);

scenes.onChoose = (scene, play) => {
  player.playScene(scene, play);
  history.replaceState(null, "", `?t=${scene.dataset.start}`);
};

function timecode(ms) {
  const two = (n) => String(Math.floor(n)).padStart(2, "0");
  return `${two(ms / 3600000)}:${two((ms / 60000) % 60)}:${two((ms / 1000) % 60)}.${String(Math.floor(ms % 1000)).padStart(3, "0")}`;
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
  KeyR: acts.loop,
  KeyF: acts.faces,
  KeyW: acts.who,
  KeyM: acts.mute,
  "+": () => lanes?.zoom(2),
  "=": () => lanes?.zoom(2),
  "-": () => lanes?.zoom(0.5),
});

// Faces: a name over one, or in a scene, opens their card.
if (faces) faces.onChoose = async (track) => card.open(await faces.at(player.ms), track);
document.addEventListener("click", async (event) => {
  const named = event.target.closest("[data-tracks]");
  if (named && faces) card.open(await faces.several(named.dataset.tracks.split(" ")));
});

// After a decision: the page as it is rendered now, put where it was.
async function again() {
  const fresh = await part(`${location.pathname}?t=${player.ms}`);
  if (!fresh) return;
  if (!one("[data-lanes]", fresh) !== !lanes || !one("[data-player]", fresh) !== !one("[data-player]")) return location.replace(`?t=${player.ms}`);
  for (const name of ["[data-who-is-in]", "[data-version]", "[data-work]"]) one(name)?.replaceWith(one(name, fresh));
  desk.dataset.run = one("main", fresh).dataset.run ?? "";
  if (lanes && one("[data-lanes]", fresh)) lanes.renew(one("[data-lanes]", fresh));
  scenes.renew(all(".seg", fresh));
  faces?.readNames();
  await faces?.again(player.ms);
  player.onTime(player.ms);
  const further = one("[data-rest]", fresh);
  if (further) await loadRest(further.getAttribute("href"));
}

// The rest of a long list, once the page stands.
const rest = one("[data-rest]");
if (rest) loadRest(rest.href).then(() => rest.remove());

async function loadRest(address) {
  for (let next = address; next; ) {
    const more = await part(next);
    if (!more) return;
    scenes.append([...more.querySelectorAll(".seg")]);
    next = one("[data-rest]", more)?.getAttribute("href");
    player.onTime(player.ms);
  }
  lanes?.fill(scenes.rows);
}

onRun((run) => {
  if (run.video_id !== desk.dataset.video) return;
  if (run.id !== desk.dataset.run && !isWorking(run)) return;
  if (run.id !== desk.dataset.run || !isWorking(run)) return again();
  const shown = one("[data-working]");
  one("[data-step]", shown).textContent = stepOf(run);
  one("progress", shown).value = share(run);
  if (run.realtime) one("[data-speed]", shown).textContent = `${run.realtime.toFixed(1)}× ${say("realtime")}`;
});
