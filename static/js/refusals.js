/**
 * Answers that are not swapped in. The server usually speaks for itself (a toast in its answer);
 * where it does not, say that nothing happened. A lost sign-in or an old page keeps what was typed.
 */
import { openTemplate, closeDialog } from "./dialog.js";
import { holdPolls, pollNow, releasePolls } from "./polling.js";
import { toastFrom } from "./toasts.js";

const SPOKEN_ELSEWHERE = new Set([422, 502, 503, 504]);

export function startRefusals() {
  document.addEventListener("htmx:response:error", (event) => {
    const { response, text = "", hx = {} } = event.detail.ctx;
    if (response.status === 401) return signedOut();
    if (hx.trigger || SPOKEN_ELSEWHERE.has(response.status) || text.includes("hx-swap-oob")) return;
    toastFrom("refused-toast", { status: response.status });
  });
  document.addEventListener("page:stale", async () => {
    toastFrom((await renewToken()) ? "renewed-toast" : "stale-toast");
  });
  document.addEventListener("click", async (event) => {
    if (!event.target.closest("[data-signed-in]")) return;
    if (!(await renewToken())) return;
    closeDialog();
    releasePolls("signed out");
    pollNow();
  });
}

function signedOut() {
  holdPolls("signed out");
  openTemplate("signed-out");
}

/** Take the CSRF token of a fresh copy of this page. False when that is not this page any more. */
async function renewToken() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const headers = fresh.body.getAttribute("hx-headers:inherited");
  const token = fresh.querySelector("input[name=csrfmiddlewaretoken]")?.value;
  if (!headers || !token) return false;
  document.body.setAttribute("hx-headers:inherited", headers);
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
  return true;
}
