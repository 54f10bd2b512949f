/** Ctrl/⌘+K: a box to jump to a page by name. The pages stand in <template id="jump">. */
import { openTemplate } from "./dialog.js";
import { match } from "./match.js";

export function startJump() {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (!document.getElementById("jump") || document.getElementById("dialog").open) return;
    event.preventDefault();
    openTemplate("jump");
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-jump]")) show(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches?.("[data-jump]")) act(event);
  });
}

const list = (input) => input.closest(".jump").querySelector(".jump__list");

function show(input) {
  const box = list(input);
  for (const [index, item] of [...box.children].entries()) item.dataset.place ??= index;
  const items = [...box.children].sort((a, b) => a.dataset.place - b.dataset.place);
  const found = match(input.value, items.map((item) => item.textContent.trim()));
  for (const [index, item] of items.entries()) item.hidden = !found.includes(index);
  box.append(...found.map((index) => items[index]));
  choose(box, 0);
  input.closest(".jump").querySelector("[data-jump-none]").hidden = found.length > 0;
}

function choose(box, place) {
  const links = [...box.querySelectorAll("li:not([hidden]) a")];
  for (const link of box.querySelectorAll("[data-chosen]")) delete link.dataset.chosen;
  const link = links[(place + links.length) % links.length];
  if (link) link.dataset.chosen = "";
}

function act(event) {
  const box = list(event.target);
  const links = [...box.querySelectorAll("li:not([hidden]) a")];
  const at = links.findIndex((link) => "chosen" in link.dataset);
  if (event.key === "ArrowDown") choose(box, at + 1);
  else if (event.key === "ArrowUp") choose(box, Math.max(at, 0) - 1);
  else if (event.key === "Enter") links[Math.max(at, 0)]?.click();
  else return;
  event.preventDefault();
}
