// Others at work on the same video, and what becomes searchable: told by the server as it happens.
import { answered, call, say, toast } from "./page.js";

const WAIT_MS = [300, 400, 500, 600, 800, 1000, 1500, 2500, 4000, 6000];

function told({ actor, by, version: n }) {
  const unnamed = { machine: "others_machine", person: "others_person" }[actor];
  return unnamed ? say(unnamed, { n }) : say("others", { who: by ?? actor, n });
}

export function follow(video, editing, { onChange, onWhole, onSearchable }) {
  let source = null;
  let turn = 0;
  const own = new Set(); // versions that decisions of this page made: it shows them by itself

  document.addEventListener("moved", ({ detail }) => {
    for (const { video_id, version } of detail) if (video_id === video) own.add(version);
  });

  // An edit of our own is heard of as well, and known by its version already.
  async function arrived(edit) {
    await Promise.all([editing.idle(), answered()]);
    if (edit.version <= editing.version || own.has(edit.version)) return;
    const whole = edit.version === editing.version + 1 && edit.complete && !edit.decision_id;
    editing.version = edit.version;
    toast(told(edit));
    if (whole) await onChange({ ids: edit.segments.map(({ id }) => id), removed: edit.removed });
    else await onWhole();
  }

  function listen() {
    if (document.hidden) {
      source?.close();
      source = null;
    } else source ??= open();
  }

  function open() {
    const made = new EventSource(`/v1/videos/${video}/edits/events?since=${editing.version}`);
    made.addEventListener("edit", (event) => arrived(JSON.parse(event.data)));
    return made;
  }

  // Asked again and again until what was saved can be found, each time after a longer while.
  async function searchable({ segments }) {
    const mine = ++turn;
    for (const wait of WAIT_MS) {
      await new Promise((go) => setTimeout(go, wait));
      if (mine !== turn) return;
      const now = segments[0] && (await call("GET", `/v1/segments/${segments[0].id}`).catch(() => null));
      if (!now?.indexing) return onSearchable();
    }
  }

  listen();
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  return { searchable };
}
