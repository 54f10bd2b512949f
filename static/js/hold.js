/**
 * Rows do not move under a pointer or a focus. A polled region with data-hold="#note" keeps its rows
 * ([data-row], with ids) in place while it is in use: what is in them is updated, and the note (a button)
 * says how many rows would come, go or move. It takes: data-one, data-other ("%(count)s changes, update").
 */
import { pollNow } from "./polling.js";
import { settle } from "./settle.js";
import { fill } from "./words.js";

const held = new WeakSet();
const forced = new WeakSet();

const inUse = (region) =>
  region.contains(document.activeElement) ||
  (matchMedia("(hover: hover)").matches && region.matches(":hover"));

export function startHold() {
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    // The tag of the last answer would say "unchanged", but not all of that answer was shown.
    if (held.has(sourceElement)) delete request.headers["HX-PTag"];
  });
  document.addEventListener("htmx:before:swap", (event) => {
    const region = event.detail.ctx.sourceElement;
    const main = event.detail.tasks.find((task) => task.type === "main");
    if (main && region?.matches?.("[data-hold]")) keepPlaces(region, main.fragment);
  });
  document.addEventListener("pointerout", release);
  document.addEventListener("focusout", release);
  document.addEventListener("click", (event) => {
    const note = event.target.closest("[data-hold-note]");
    const region = note && [...document.querySelectorAll("[data-hold]")].find((each) => noteOf(each) === note);
    if (!region) return;
    forced.add(region);
    pollNow(region);
  });
}

const noteOf = (region) => document.querySelector(region.dataset.hold);

function keepPlaces(region, fragment) {
  const shown = [...region.querySelectorAll("[data-row]")];
  const next = new Map([...fragment.querySelectorAll("[data-row]")].map((row) => [row.id, row]));
  const { changes } = settle(
    shown.map((row) => row.id),
    [...next.keys()],
  );
  const keep = changes > 0 && next.size > 0 && shown.length > 0 && inUse(region) && !forced.has(region);
  forced.delete(region);
  if (keep) {
    const parent = next.values().next().value.parentNode;
    const rows = shown.map((row) => next.get(row.id) ?? row.cloneNode(true));
    for (const row of next.values()) row.remove();
    parent.append(...rows);
    held.add(region);
  } else {
    held.delete(region);
  }
  tell(region, keep ? changes : 0);
}

function tell(region, changes) {
  const note = noteOf(region);
  if (!note) return;
  note.hidden = changes === 0;
  if (changes) note.textContent = fill(changes === 1 ? note.dataset.one : note.dataset.other, { count: changes });
}

function release(event) {
  const region = event.target.closest?.("[data-hold]");
  if (!region || !held.has(region) || region.contains(event.relatedTarget)) return;
  setTimeout(() => held.has(region) && !inUse(region) && pollNow(region));
}
