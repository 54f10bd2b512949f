/**
 * When the server cannot be reached: a banner that counts down to the next try, figures dimmed with the
 * time they were true. The server is asked at [data-probe]; polls rest until it answers. What a person pressed
 * meanwhile may have arrived or not, which a toast says.
 */
import { backoff } from "./backoff.js";
import { holdPolls, pollNow, releasePolls } from "./polling.js";
import { toastFrom } from "./toasts.js";

const GATEWAY = new Set([502, 503, 504]);
let leaving = false; // a link was followed, or a form is on its way
let gone = false; // the page is hidden by the next one

export function startConnection() {
  const banner = document.querySelector("[data-connection]");
  if (!banner) return;
  const watch = new Watch(banner);
  addEventListener("beforeunload", () => (leaving = true));
  addEventListener("pagehide", () => (gone = true));
  addEventListener("pageshow", () => (leaving = gone = false));
  addEventListener("offline", () => watch.lose());
  addEventListener("online", () => watch.probe());
  banner.querySelector("button").addEventListener("click", () => watch.probe());
  document.addEventListener("htmx:error", (event) => {
    const { error } = event.detail;
    // fetch() rejects with a TypeError when there is no answer; htmx aborts with "timeout".
    if (!event.detail.ctx || !(error instanceof TypeError || error === "timeout")) return;
    tellUnknown(event.detail.ctx);
    watch.doubt();
  });
  document.addEventListener("htmx:response:error", (event) => {
    if (!GATEWAY.has(event.detail.ctx.response.status)) return;
    tellUnknown(event.detail.ctx);
    watch.lose();
  });
  document.addEventListener("htmx:after:request", (event) => {
    if (!GATEWAY.has(event.detail.ctx.response.status)) watch.find();
  });
}

/** What a button sent may have been done all the same; that stays on the page when the banner has gone. */
function tellUnknown({ request, sourceElement }) {
  const pressed = [request.submitter, sourceElement].some((each) => each?.matches?.("[data-busy]"));
  if (pressed && request.method !== "GET" && !gone) toastFrom("unknown-toast");
}

class Watch {
  constructor(banner) {
    this.banner = banner;
    this.timer = 0;
    this.attempt = 0;
    this.good = new Date();
  }

  /** Firefox ends what is under way when the page is left, long before the next one is there: ask, then tell. */
  async doubt() {
    if (leaving && (await this.answers())) return;
    this.lose();
  }

  lose() {
    if (gone || !this.banner.hidden) return;
    this.banner.hidden = false;
    this.banner.querySelector("[data-as-of]").textContent = this.good.toLocaleTimeString(
      document.documentElement.lang,
      { hour12: false },
    );
    document.documentElement.dataset.stale = "";
    holdPolls("connection");
    this.attempt = 0;
    this.wait();
  }

  wait() {
    let left = backoff(this.attempt);
    const show = () => (this.banner.querySelector("[data-seconds]").textContent = String(left));
    show();
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      left -= 1;
      if (left > 0) show();
      else this.probe();
    }, 1000);
  }

  async probe() {
    if (this.banner.hidden) return;
    clearInterval(this.timer);
    if (await this.answers()) return this.find();
    // Still no answer: wait longer.
    this.attempt += 1;
    this.wait();
  }

  /** Whether anybody answers at [data-probe]. */
  async answers() {
    const answer = await fetch(this.banner.dataset.probe, { cache: "no-store" }).catch(() => null);
    return answer !== null && !GATEWAY.has(answer.status);
  }

  find() {
    this.good = new Date();
    leaving = false; // or not: it was a download, or the person stayed
    if (this.banner.hidden) return;
    clearInterval(this.timer);
    this.banner.hidden = true;
    delete document.documentElement.dataset.stale;
    releasePolls("connection");
    pollNow();
  }
}
