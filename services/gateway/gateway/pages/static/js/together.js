// Others at work on the same video, and what becomes searchable: told by the server as it happens.
import { answered, call, say, toast } from "./page.js";

// Where the server's word does not come, since nothing is listened to: asked for, each time after a longer while.
const WAIT_MS = [2000, 3000, 5000, 8000];

function told({ actor, by, version: n }) {
  const unnamed = { machine: "others_machine", person: "others_person" }[actor];
  return unnamed ? say(unnamed, { n }) : say("others", { who: by ?? actor, n });
}

export function follow(video, editing, { onChange, onWhole, onSearchable }) {
  let source = null;
  let latest = null; // the version that was saved last
  const indexed = new Set(); // versions that are searchable
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
    made.addEventListener("indexed", (event) => heard(JSON.parse(event.data)));
    return made;
  }

  // Told by the server as it happens; it may be heard before the answer to the edit itself.
  async function searchable({ version, segments }) {
    latest = version;
    if (indexed.has(version)) return onSearchable();
    for (const wait of WAIT_MS) {
      await new Promise((go) => setTimeout(go, wait));
      if (latest !== version || indexed.has(version)) return;
      const now = segments[0] && (await call("GET", `/v1/segments/${segments[0].id}`).catch(() => null));
      if (!now?.indexing && latest === version) return onSearchable();
    }
  }

  function heard({ versions }) {
    for (const version of versions) indexed.add(version);
    if (versions.includes(latest)) onSearchable();
  }

  listen();
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  return { searchable };
}
