/**
 * <button data-busy="Stopping…"> says so at once and goes back when the answer is there, unless that
 * answer brought its own button. Its words are in a <span> if it has an icon too.
 */
const waiting = new Map();

export function startBusy() {
  document.addEventListener("htmx:before:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    const button = [request.submitter, sourceElement].find((each) => each?.matches?.("[data-busy]"));
    if (button && !event.defaultPrevented) begin(button, event.detail.ctx);
  });
  document.addEventListener("htmx:finally:request", (event) => end(event.detail.ctx));
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    // After the other listeners: a form that htmx or a module sends is not leaving the page.
    setTimeout(() => {
      if (button?.matches("[data-busy]") && !event.defaultPrevented) begin(button, "page");
    });
  });
  addEventListener("pageshow", () => end("page"));
}

function begin(button, key) {
  const label = button.querySelector("span") ?? button;
  waiting.set(key, { button, label, words: label.textContent });
  label.textContent = button.dataset.busy;
  button.setAttribute("aria-busy", "true");
}

function end(key) {
  const was = waiting.get(key);
  waiting.delete(key);
  if (!was) return;
  was.button.removeAttribute("aria-busy");
  if (was.label.textContent === was.button.dataset.busy) was.label.textContent = was.words;
}
