// An answer in words above the hits, as it is made: each sentence with the scenes it stands on.
import { one, say } from "./page.js";

let source = null;

function begin() {
  source?.close();
  source = null;
  const box = one("[data-answer]");
  if (!box) return;
  waiting(box, say("answering"));
  source = new EventSource(box.dataset.answer);
  const mine = source;
  const hear = (name, act) => mine.addEventListener(name, (event) => mine === source && act(JSON.parse(event.data)));
  hear("sentence", ({ sentence }) => one(".sentences", box).append(shown(sentence), " "));
  hear("done", ({ answer }) => end(mine, box, answer));
  hear("problem", (problem) => fail(mine, box, problem.detail));
  mine.addEventListener("error", () => mine === source && fail(mine, box, say("failed")));
}

const text = (tag, said, name = "") => Object.assign(document.createElement(tag), { textContent: said, className: name });
export function waiting(box, said) {
  box.hidden = false;
  box.replaceChildren(head(said), text("p", "", "sentences"), wait());
}

const wait = () => text("i", "", "line waiting-line");

function head(said, tag = null) {
  const title = text("h3", said);
  if (tag) title.append(" ", tag);
  return title;
}

// A sentence and, after it, where it was seen: each opens at its in-point.
function shown(sentence) {
  const part = text("span", sentence.text);
  for (const cited of sentence.citations) part.append(" ", cite(cited));
  return part;
}

function cite(cited) {
  const there = Object.assign(text("a", clock(cited.span.start_ms), "cite"), { href: `/videos/${cited.video_id}?t=${cited.span.start_ms}`, title: cited.title });
  const hit = () => document.getElementById(`hit-${cited.segment_id}`);
  there.addEventListener("pointerenter", () => hit()?.classList.add("cited"));
  there.addEventListener("pointerleave", () => hit()?.classList.remove("cited"));
  return there;
}

const clock = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;

function end(mine, box, answer) {
  mine.close();
  tell(box, answer, say("answer"));
}

// What was said of the scenes, and what it stands on.
export function tell(box, answer, called) {
  const title = answer.kind === "not_shown" ? head(say("answer_not_shown")) : head(called, text("span", say(`answer_${answer.kind}`), `tag ${answer.kind}`));
  const body = text("p", "", "sentences");
  if (answer.sentences.length) body.append(...answer.sentences.flatMap((each) => [shown(each), " "]));
  else body.textContent = answer.text;
  box.replaceChildren(title, body, text("p", notes(answer), "small faint"));
}

function notes(answer) {
  const cited = new Set(answer.sentences.flatMap((each) => each.citations.map((one) => one.segment_id))).size;
  return [
    answer.model_id,
    cited ? say("cited", { n: cited }) : null,
    answer.segments ? say("summed_up", { n: answer.segments }) : null,
    answer.dropped ? say("dropped", { n: answer.dropped }) : null,
    answer.why,
  ].filter(Boolean).join(" · ");
}

function fail(mine, box, why) {
  mine.close();
  tellFailed(box, why);
}

export function tellFailed(box, why) {
  box.replaceChildren(head(say("answer_failed")), text("p", why, "small bad"));
}

begin();
document.addEventListener("settled", begin);
addEventListener("pagehide", () => source?.close());
