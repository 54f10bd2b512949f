/**
 * Keeps times true without asking the server: [data-tick="relative"] ("4 min ago"),
 * [data-tick="since"] (a growing duration) and [data-tick="until"] (a shrinking one),
 * each on a <time datetime> or with its moment in data-at.
 */
import { duration, relative } from "./time.js";

export function startTicking() {
  // The server's clock counts: this machine's may be minutes off.
  const served = Date.parse(document.documentElement.dataset.now ?? "");
  const skew = Number.isNaN(served) ? 0 : served - Date.now();

  const tick = () => {
    if (document.hidden) return;
    const now = Date.now() + skew;
    for (const element of document.querySelectorAll("[data-tick]")) {
      show(element, textAt(element, now));
    }
  };
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}

function textAt(element, now) {
  const seconds = (now - Date.parse(element.dataset.at ?? element.dateTime)) / 1000;
  if (Number.isNaN(seconds)) return null;
  if (element.dataset.tick === "since") return duration(seconds);
  if (element.dataset.tick === "until") return duration(-seconds);
  return relative(seconds) ?? element.dataset.absolute ?? null;
}

function show(element, text) {
  if (text !== null && element.textContent !== text) element.textContent = text;
}
