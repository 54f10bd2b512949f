/**
 * [data-focus] takes the focus once, when the page or an answer brings it: the summary of a refused form. A swap
 * that puts another element in the place of the focused one, under the same id, gives the focus to that.
 */
export function startFocus() {
  const look = () => {
    const element = document.querySelector("[data-focus]");
    if (!element) return;
    element.removeAttribute("data-focus");
    element.focus();
  };
  look();
  let focused = "";
  document.addEventListener("htmx:before:swap", () => (focused = document.activeElement?.id ?? ""));
  document.addEventListener("htmx:after:swap", () => {
    const lost = !document.activeElement || document.activeElement === document.body;
    if (lost && focused) document.getElementById(focused)?.focus({ preventScroll: true });
    look();
  });
}
