/**
 * Selected rows of the board. Checkboxes belong to form[data-bulk] (attribute form); it shows itself with
 * their number while there are any. [data-pick-all] ticks all rows shown.
 */
import { fill } from "./words.js";

const bar = document.querySelector("[data-bulk]");
const boxes = () => [...document.querySelectorAll(`input[type=checkbox][form="${bar.id}"]`)];

function show() {
  const all = boxes();
  const count = all.filter((box) => box.checked).length;
  bar.hidden = count === 0;
  const words = count === 1 ? bar.dataset.one : bar.dataset.other;
  bar.querySelector("[data-bulk-count]").textContent = fill(words, { count });
  for (const box of all) box.closest("tr").setAttribute("aria-selected", String(box.checked));
  const picker = document.querySelector("[data-pick-all]");
  if (!picker) return;
  picker.checked = count > 0 && count === all.length;
  picker.indeterminate = count > 0 && count < all.length;
}

function tick(checked) {
  for (const box of boxes()) box.checked = checked;
  show();
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) tick(event.target.checked);
  else if (event.target.form === bar) show();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-bulk-clear]")) tick(false);
});
document.addEventListener("htmx:after:swap", show);
addEventListener("pageshow", show);
