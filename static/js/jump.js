/**
 * Ctrl/⌘+K: a box to jump to a page or a session. The pages stand in <template id="jump"> and are matched
 * here; the server finds the sessions. A combobox: the focus stays in the input, [aria-selected] moves.
 */
import { openTemplate } from "./dialog.js";
import { match } from "./match.js";

let asked = null; // the request for what is typed now; answers to others come too late
let waiting = false; // for that answer
let going = false; // Enter was pressed before there was anything to go to

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
    if (event.target.matches?.("[data-jump]") && !event.isComposing) act(event);
  });
  const ours = (event) => event.detail.ctx.sourceElement.matches("[data-jump]");
  document.addEventListener("htmx:before:request", (event) => {
    if (ours(event)) asked = event.detail.ctx;
  });
  document.addEventListener("htmx:before:swap", (event) => {
    if (ours(event) && event.detail.ctx !== asked) event.preventDefault();
  });
  document.addEventListener("htmx:finally:request", (event) => {
    if (ours(event) && event.detail.ctx === asked) answered(event.detail.ctx.sourceElement);
  });
}

const part = (input, name) => input.closest(".jump").querySelector(`[data-jump-${name}]`);
const optionsOf = (input) => [...input.closest(".jump").querySelectorAll("li:not([hidden]) > [role=option]")];

function show(input) {
  showPages(input);
  asked = null;
  going = false;
  part(input, "found").replaceChildren();
  part(input, "said").textContent = "";
  wait(input, input.value.trim() !== "");
  choose(input, optionsOf(input)[0]);
}

function showPages(input) {
  const box = part(input, "pages");
  for (const [index, item] of [...box.children].entries()) item.dataset.place ??= index;
  const items = [...box.children].sort((a, b) => a.dataset.place - b.dataset.place);
  const found = match(input.value, items.map((item) => item.textContent.trim()));
  for (const [index, item] of items.entries()) item.hidden = !found.includes(index);
  box.append(...found.map((index) => items[index]));
}

function wait(input, on) {
  waiting = on;
  part(input, "wait").hidden = !on;
}

/** The sessions are there, or will not come. */
function answered(input) {
  if (!input.isConnected) return;
  wait(input, false);
  part(input, "said").textContent = part(input, "found").querySelector("[data-said]")?.dataset.said ?? "";
  choose(input, chosen(input) ?? optionsOf(input)[0]);
  if (going) chosen(input)?.click();
  going = false;
}

const chosen = (input) => optionsOf(input).find((option) => option.ariaSelected === "true");

function choose(input, option) {
  for (const other of input.closest(".jump").querySelectorAll("[aria-selected=true]")) other.ariaSelected = "false";
  input.removeAttribute("aria-activedescendant");
  if (!option) return;
  option.ariaSelected = "true";
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function act(event) {
  const input = event.target;
  const options = optionsOf(input);
  const at = options.indexOf(chosen(input));
  if (event.key === "ArrowDown") choose(input, options[(at + 1) % options.length]);
  else if (event.key === "ArrowUp") choose(input, options.at(Math.max(at, 0) - 1));
  else if (event.key === "Enter" && options.length) options[Math.max(at, 0)].click();
  else if (event.key === "Enter") going = waiting;
  else return;
  event.preventDefault();
}
