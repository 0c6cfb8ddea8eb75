// What somebody is typing, kept in the browser until it is saved: leaving or losing the page loses nothing.
const NAME = "scenedesk-draft";

function place(segment, field) {
  return `${NAME}:${segment}:${field}`;
}

// `base` is the text it was written over: a draft is offered again only where that still stands, or said to be older.
export function keep(segment, field, text, base) {
  try {
    localStorage.setItem(place(segment, field), JSON.stringify({ text, base }));
  } catch {
    // A browser that keeps nothing still edits; only a lost page loses what was being typed.
  }
}

export function drop(segment, field) {
  try {
    localStorage.removeItem(place(segment, field));
  } catch {
    // See keep().
  }
}

export function kept(segment, field) {
  try {
    return JSON.parse(localStorage.getItem(place(segment, field)) ?? "null");
  } catch {
    return null;
  }
}
