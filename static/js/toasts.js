/** Toasts: a good message leaves after 6 s, not while pointed at or focused; an error stays until closed. */
import { fill } from "./words.js";

const STAYS = 6000;

export function startToasts() {
  for (const region of document.querySelectorAll("[data-toasts]")) {
    new MutationObserver(() => arm(region)).observe(region, { childList: true });
    arm(region);
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-toast-close]")) event.target.closest(".toast").remove();
  });
}

/** Show the toast of a <template>, its %(places)s filled. */
export function toastFrom(id, values = {}) {
  const toast = document.getElementById(id).content.firstElementChild.cloneNode(true);
  for (const text of toast.querySelectorAll("[data-fill]")) text.textContent = fill(text.textContent, values);
  document.getElementById(toast.matches("[data-stays]") ? "alerts" : "toasts").append(toast);
}

function arm(region) {
  for (const toast of region.querySelectorAll(".toast:not([data-stays], [data-armed])")) {
    toast.dataset.armed = "";
    let timer = setTimeout(() => toast.remove(), STAYS);
    const pause = () => clearTimeout(timer);
    const go = () => {
      pause();
      if (!toast.matches(":hover, :focus-within")) timer = setTimeout(() => toast.remove(), STAYS);
    };
    toast.addEventListener("pointerenter", pause);
    toast.addEventListener("focusin", pause);
    toast.addEventListener("pointerleave", go);
    toast.addEventListener("focusout", () => setTimeout(go));
  }
}
