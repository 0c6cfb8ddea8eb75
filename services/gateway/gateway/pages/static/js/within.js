// A question to one video: only what answers it is listed, and A chooses all of that; while it is typed, what holds its
// words.
import { call, one, say, toast } from "./page.js";

const PAGE = 100;

export function prepareWithin(video, scenes) {
  const field = one("[data-within]");
  field.addEventListener("input", () => scenes.listWith(field.value));
  field.addEventListener("change", async () => {
    const query = field.value.trim();
    if (!query) return;
    try {
      const ids = await answering(video, query, () => field.value.trim() === query);
      if (!ids) return;
      scenes.listOnly(ids);
      toast(say("found", { n: ids.length }));
    } catch (error) {
      toast(error.message);
    }
  });
}

// Every scene of the video that answers, page after page; null when `still` says that nobody waits for it any more.
async function answering(video, query, still) {
  const found = new Set();
  let cursor = null;
  do {
    const answer = await call("POST", "/v1/search", { query, videos: [video], limit: PAGE, facets: false, cursor });
    if (!still()) return null;
    for (const { segments, segment_id } of answer.hits) for (const id of segments?.length ? segments : [segment_id]) found.add(id);
    cursor = answer.next_cursor ?? null;
  } while (cursor !== null);
  return [...found];
}
