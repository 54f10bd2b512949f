/**
 * The page's one <dialog>. An answer with HX-Trigger "dialog:open" shows what was put into
 * #dialog-content, "dialog:close" closes it; focus goes back to what opened it.
 */
let opener = null;

const dialog = () => document.getElementById("dialog");

export function openDialog(from = document.activeElement) {
  const box = dialog();
  if (box.open) return;
  opener = from;
  box.showModal();
}

export const closeDialog = () => dialog().close();

/** Show the content of a <template>. */
export function openTemplate(id, from) {
  const content = document.getElementById(id).content.cloneNode(true);
  const place = document.getElementById("dialog-content");
  place.replaceChildren(content);
  window.htmx?.process(place);
  openDialog(from);
}

export function startDialog() {
  const box = dialog();
  if (!box) return;
  document.addEventListener("dialog:open", (event) => openDialog(openerOf(event.target)));
  document.addEventListener("dialog:close", closeDialog);
  document.addEventListener("click", (event) => {
    const from = event.target.closest("[data-open-template]");
    if (from) openTemplate(from.dataset.openTemplate, from);
    else if (event.target.closest("[data-dialog-close]")) closeDialog();
    else if (event.target === box && !box.querySelector("form")) closeDialog();
  });
  box.addEventListener("close", () => {
    document.getElementById("dialog-content").replaceChildren();
    // A refresh may have put a new element with the same id in the opener's place.
    const back = opener?.isConnected ? opener : opener?.id && document.getElementById(opener.id);
    if (back) back.focus();
    opener = null;
  });
}

const openerOf = (target) => (target instanceof HTMLElement && target !== document.body ? target : document.activeElement);
