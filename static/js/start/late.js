/** What the rail was told of another mode than the one that is shown by now comes too late. */
document.addEventListener("htmx:before:swap", (event) => {
  const { sourceElement, request } = event.detail.ctx;
  if (sourceElement.id !== "start-review") return;
  if (request.body.get("mode") !== sourceElement.closest("form").elements.mode.value) event.preventDefault();
});
