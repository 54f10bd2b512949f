/** [data-focus] takes the focus once, when the page or an answer brings it: the summary of a refused form. */
export function startFocus() {
  const look = () => {
    const element = document.querySelector("[data-focus]");
    if (!element) return;
    element.removeAttribute("data-focus");
    element.focus();
  };
  look();
  document.addEventListener("htmx:after:swap", look);
}
