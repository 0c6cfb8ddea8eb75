// Commands to the timeline: sent with the version that was looked at, told at the foot of the page, taken back by Z.
import { isSignedOut, newKey, ours, say, toast } from "./page.js";

const PATIENCE_MS = [1000, 3000, 8000];

// A refusal that has two sides.
export class Conflict extends Error {
  constructor(problem) {
    super(problem.detail);
    this.version = problem.version;
    this.conflicts = problem.conflicts;
  }
}

class SignedOut extends Error {}

export class Editing {
  onSend = () => null; // (command): shows at once what it will do; gives back what takes that away again
  onEdited = () => {}; // (Edited, what `onSend` gave): the timeline has moved on by our own hand
  onConflict = async () => false; // whether to do it all the same
  onState = () => {}; // saving, saved, offline, refused
  version;
  #address;
  #undo = [];
  #redo = [];
  #line = Promise.resolve();
  #turn = Promise.resolve();
  #unanswered = 0;
  #told = null;

  constructor(video, version) {
    this.#address = `/v1/videos/${video}/edits`;
    this.version = version;
    // What was done a moment ago and is still on its way is not left behind unasked.
    addEventListener("beforeunload", (event) => { if (this.#unanswered) event.preventDefault(); });
  }

  // One after the other, in the order they were made. Settles with what became of it, or null.
  send(command, { silent = false } = {}) {
    this.#unanswered += 1;
    const takeAway = this.onSend(command);
    const done = this.#line.then(() => this.#sent(command, silent, takeAway)).finally(() => { this.#unanswered -= 1; });
    this.#line = done.catch(() => {});
    return done;
  }

  // When everything that was sent has been answered.
  idle() {
    return this.#line;
  }

  async #sent(command, silent, takeAway) {
    this.onState("saving");
    try {
      const edited = await this.#persist(command);
      this.version = edited.version;
      this.#remember(command, edited);
      this.onState("saved", edited);
      this.onEdited(edited, takeAway);
      if (!silent) this.#tell(command, edited);
      return edited;
    } catch (error) {
      takeAway?.();
      if (error instanceof Conflict) return this.#settle(error, command, silent);
      this.onState("refused");
      if (!(error instanceof SignedOut)) toast(error.message);
      return null;
    }
  }

  async #settle(conflict, command, silent) {
    this.onState("conflict");
    if (!(await this.onConflict(conflict))) return null;
    this.version = conflict.version;
    return this.#sent(command, silent, null);
  }

  // The same key each time: an edit whose answer was lost is not made twice.
  async #persist(command) {
    const key = newKey();
    for (const wait of PATIENCE_MS) {
      const answer = await this.#post(command, key);
      if (answer) return answer;
      this.onState("offline");
      await new Promise((go) => setTimeout(go, wait));
    }
    throw new Error(say("failed"));
  }

  async #post(command, key) {
    const headers = {
      ...ours(), Accept: "application/json", "Content-Type": "application/json",
      "Idempotency-Key": key, "If-Match": `"${this.version}"`,
    };
    const response = await fetch(this.#address, { method: "POST", headers, body: JSON.stringify({ command }) }).catch(() => null);
    if (!response || response.status >= 502) return null;
    const answer = await response.json().catch(() => null);
    if (response.ok) return answer;
    if (isSignedOut(response)) throw new SignedOut();
    if (response.status === 412) throw new Conflict(answer);
    throw new Error(answer?.detail ?? say("failed"));
  }

  #remember({ op }, { edits }) {
    const made = edits.map(({ version }) => version);
    if (op === "undo") this.#redo.push(...made);
    else this.#undo.push(...made);
    if (!["undo", "redo"].includes(op)) this.#redo = [];
  }

  #tell({ op }, { version }) {
    const back = op === "undo" ? { label: say("redo"), key: "⇧Z", act: () => this.redo() } : { label: say("undo"), key: "Z", act: () => this.undo() };
    this.#told?.remove(); // one way back is enough: Z goes further
    this.#told = toast(say(`did_${op}`, { n: version }), back);
  }

  // What was done last is known once it is answered, though it is shown before: one after the other.
  #inTurn(takeBack) {
    this.#turn = this.#turn.then(() => this.idle()).then(takeBack);
    return this.#turn;
  }

  undo() {
    return this.#inTurn(async () => {
      const version = this.#undo.pop();
      if (version === undefined) return toast(say("nothing_to_undo"));
      return (await this.send({ op: "undo", version })) ?? this.#undo.push(version);
    });
  }

  redo() {
    return this.#inTurn(async () => {
      const version = this.#redo.pop();
      if (version === undefined) return toast(say("nothing_to_redo"));
      return (await this.send({ op: "redo", version })) ?? this.#redo.push(version);
    });
  }
}
