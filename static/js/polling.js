/**
 * [data-poll] regions fetch themselves (hx-trigger="every 3s, poll:now"). A hidden tab does not ask;
 * on return it asks at once. Other modules may hold polls back or call for one.
 */
const reasons = new Set();

/** Hold all polls back while `reason` stands. */
export const holdPolls = (reason) => reasons.add(reason);
export const releasePolls = (reason) => reasons.delete(reason);

export function pollNow(region) {
  const regions = region ? [region] : document.querySelectorAll("[data-poll]");
  for (const each of regions) each.dispatchEvent(new CustomEvent("poll:now"));
}

/** Whether this htmx request is a region asking for itself. */
export const isPoll = (context) => Boolean(context?.sourceElement?.matches?.("[data-poll]"));

export function startPolling() {
  document.addEventListener("htmx:before:request", (event) => {
    if (isPoll(event.detail.ctx) && (document.hidden || reasons.size)) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) pollNow();
  });
  // HX-Trigger "poll:now" in the answer to a button: what it changed is to be seen at once. A region
  // around that button has heard it already.
  document.addEventListener("poll:now", (event) => {
    for (const region of document.querySelectorAll("[data-poll]")) {
      if (!region.contains(event.target)) pollNow(region);
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-poll-now]");
    const region = button && document.querySelector(button.dataset.pollNow);
    if (region) pollNow(region);
  });
}
