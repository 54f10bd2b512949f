/**
 * form[data-guard]: leaving the page with something typed and not sent asks first. A form that the
 * server sends back with changes still to be saved says data-unsaved.
 */
const dirty = new WeakSet();

const isDirty = (form) => dirty.has(form) || form.hasAttribute("data-unsaved");

function settle(form) {
  dirty.delete(form);
  form.removeAttribute?.("data-unsaved");
}

export function startGuard() {
  const mark = (event) => {
    const form = event.target.form ?? event.target.closest?.("form");
    if (form?.matches("[data-guard]")) dirty.add(form);
  };
  document.addEventListener("input", mark);
  document.addEventListener("change", mark);
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) settle(event.target);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement, request, response } = event.detail.ctx;
    const sent = sourceElement.matches("form") ? sourceElement : request.submitter?.form;
    if (sent && response.status < 400) settle(sent);
  });
  addEventListener("beforeunload", (event) => {
    if ([...document.querySelectorAll("form[data-guard]")].some(isDirty)) event.preventDefault();
  });
}
