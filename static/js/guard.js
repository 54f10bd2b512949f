/** form[data-guard]: leaving the page with something typed and not sent asks first. */
const dirty = new WeakSet();

export function startGuard() {
  const mark = (event) => {
    const form = event.target.form ?? event.target.closest?.("form");
    if (form?.matches("[data-guard]")) dirty.add(form);
  };
  document.addEventListener("input", mark);
  document.addEventListener("change", mark);
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) dirty.delete(event.target);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement, request, response } = event.detail.ctx;
    const sent = sourceElement.matches("form") ? sourceElement : request.submitter?.form;
    if (sent && response.status < 400) dirty.delete(sent);
  });
  addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll("form[data-guard]")].some((form) => dirty.has(form))) event.preventDefault();
  });
}
