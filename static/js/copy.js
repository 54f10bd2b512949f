/** [data-copy="text"] copies it and says so to everybody. */
import { gettext } from "./words.js";

export function startCopy() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await write(button.dataset.copy);
    button.dataset.copied = "";
    document.getElementById("announcer").textContent = gettext("Copied");
    setTimeout(() => {
      delete button.dataset.copied;
      document.getElementById("announcer").textContent = "";
    }, 1600);
  });
}

async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain http on another host than this machine has no clipboard API.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr-only";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
