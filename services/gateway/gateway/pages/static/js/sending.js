// Sending files with a bar each: upload progress is something fetch does not tell, so XMLHttpRequest it is.
import { newKey, one, ours, say } from "./page.js";

// `shown` says how it went; `refused` hears of a problem.
export function send(file, address, field, list, shown, refused = () => {}) {
  const row = list.appendChild(document.createElement("li"));
  row.innerHTML = '<span class="name"></span><span class="small"></span><progress max="1" value="0"></progress>';
  one(".name", row).textContent = file.name;
  const note = one(".small", row);
  const bar = one("progress", row);
  const body = new FormData();
  body.append(field, file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Idempotency-Key", newKey());
    for (const [name, value] of Object.entries(ours())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      bar.value = event.loaded / event.total;
      note.textContent = event.loaded === event.total ? say("checking") : `${Math.round(100 * bar.value)}%`;
    };
    request.onloadend = () => {
      const answer = parsed(request.responseText);
      const good = request.status >= 200 && request.status < 300;
      bar.hidden = true;
      note.className = good ? "small ok" : "small bad";
      note.textContent = good ? shown(answer, request.status) : answer?.detail ?? say("failed");
      if (!good) refused(answer);
      resolve(good ? answer : null);
    };
    request.send(body);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// A label that takes dropped or chosen files.
export function dropzone(zone, take) {
  const input = one("[data-files]", zone);
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
}
