// A picture as the question: a face or a frame, dropped anywhere or chosen.
import { one } from "./page.js";

const file = one("[data-picture-file]");
const send = () => one("[data-picture-form]").requestSubmit();

file.addEventListener("change", () => {
  if (file.files.length) send();
});
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
let depth = 0;
addEventListener("dragenter", (event) => {
  if (carriesFiles(event)) document.body.classList.toggle("dropping-picture", ++depth > 0);
});
addEventListener("dragleave", () => {
  depth = Math.max(0, depth - 1);
  document.body.classList.toggle("dropping-picture", depth > 0);
});
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  depth = 0;
  document.body.classList.remove("dropping-picture");
  if (!event.dataTransfer.files.length) return;
  const carried = new DataTransfer();
  carried.items.add(event.dataTransfer.files[0]);
  file.files = carried.files;
  send();
});
