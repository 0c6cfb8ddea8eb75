// Photos of a person, sent one after the other; those that show several people wait for a choice.
import { call, one, say, toast } from "./page.js";
import { send } from "./sending.js";

// How many were taken, and those that show several people: [{ file, faces }].
export async function sendPhotos(files, person, rows) {
  let taken = 0;
  const crowded = [];
  for (const file of files) {
    const address = `/v1/people/${person}/references`;
    const reference = await send(file, address, "photo", rows, (_, status) => say(status === 200 ? "there" : "learned"), (problem) => {
      if (problem?.code === "several_faces" && problem.faces) crowded.push({ file, faces: problem.faces });
    });
    if (reference) taken += 1;
  }
  return { taken, crowded };
}

// Shows the photo with its faces marked; settles once one is chosen and learnt, or the dialog is closed.
export function chooseFace({ file, faces }, person) {
  const dialog = document.getElementById("choose-face");
  const picture = Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: file.name });
  const within = document.createElement("div");
  within.className = "crowd-of";
  within.append(picture, ...faces.map((found) => mark(found)));
  one("[data-crowd]", dialog).replaceChildren(within);
  dialog.showModal();
  return new Promise((settle) => {
    within.addEventListener("click", async (event) => {
      const button = event.target.closest("[data-choice]");
      if (button) settle(await learn(file, person, button.dataset.choice));
      if (button) dialog.close();
    });
    dialog.addEventListener("close", () => {
      URL.revokeObjectURL(picture.src);
      settle(null);
    }, { once: true });
  });
}

function mark({ face, box }) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.choice = face;
  button.setAttribute("aria-label", say("face_number", { n: face + 1 }));
  button.append(Object.assign(document.createElement("b"), { textContent: face + 1 }));
  Object.assign(button.style, {
    left: `${100 * box.left}%`,
    top: `${100 * box.top}%`,
    width: `${100 * (box.right - box.left)}%`,
    height: `${100 * (box.bottom - box.top)}%`,
  });
  return button;
}

async function learn(file, person, face) {
  const body = new FormData();
  body.append("photo", file, file.name);
  body.append("face", face);
  try {
    const reference = await call("POST", `/v1/people/${person}/references`, body);
    toast(say("learned"));
    return reference;
  } catch (error) {
    toast(error.message);
    return null;
  }
}
