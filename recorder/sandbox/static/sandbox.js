// Keeps the page fresh and sends its forms and buttons as JSON. Reading works without this.
const EVERY_MS = 2000;
const NUMBERS = ["speed", "advance", "id"];
const message = document.getElementById("message");

async function send(action, values) {
  const response = await fetch(`/_sandbox/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(values),
  }).catch(() => null);
  if (!response) message.textContent = "The sandbox does not answer.";
  else message.textContent = response.ok ? "" : (await response.json()).message;
  await refresh();
  return response?.ok;
}

/** Whether a part must stay as it is: somebody reads, types or is about to press something in it. */
function busy(part) {
  const at = document.activeElement;
  return part.contains(at) && at.matches("input, select, textarea, summary, a, .wide");
}

/** The parts of the page that change by themselves, each replaced when it has changed. */
async function refresh() {
  if (document.hidden) return;
  const response = await fetch("/_sandbox/").catch(() => null);
  if (!response?.ok) {
    message.textContent = "The sandbox does not answer.";
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const old of document.querySelectorAll("[data-fresh]")) {
    const fresh = page.getElementById(old.id);
    if (fresh && !busy(old)) await replace(old, fresh);
  }
}

async function replace(old, fresh) {
  if (old.dataset.text === fresh.innerHTML && !fresh.querySelector("img")) return;
  fresh.dataset.text = fresh.innerHTML;
  for (const img of fresh.querySelectorAll("img")) {
    // The old picture stays until the new one is there: no flicker.
    img.src = `${img.getAttribute("src")}?${Math.floor(Date.now() / 1000)}`;
    await img.decode().catch(() => {});
  }
  // By name, not by place: new rows come in above those that somebody reads.
  const opened = new Set([...old.querySelectorAll("details[open]")].map((each) => each.dataset.of));
  const focused = [...old.querySelectorAll("button")].indexOf(document.activeElement);
  for (const each of fresh.querySelectorAll("details")) each.open = opened.has(each.dataset.of);
  old.replaceWith(document.adoptNode(fresh));
  if (focused >= 0) fresh.querySelectorAll("button")[focused]?.focus();
}

/** The JSON of a form: numbers and switches as such, empty fields left out. */
function valuesOf(form, submitter) {
  const values = {};
  for (const [name, text] of new FormData(form, submitter)) {
    const { type } = form.elements[name] ?? {};
    if (type === "checkbox") values[name] = true;
    else if (text !== "") values[name] = type === "number" ? Number(text) : text;
  }
  const { count, how, ...others } = values;
  if (how === "calls") others.calls = count ?? 1;
  if (how === "share") others.share = Math.min(count ?? 1, 100) / 100;
  return others;
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-action]");
  if (!form) return;
  event.preventDefault();
  const done = await send(form.dataset.action, valuesOf(form, event.submitter));
  if (done && !("keep" in form.dataset)) form.reset();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (!button) return;
  const { action, ...values } = button.dataset;
  for (const name of NUMBERS) if (name in values) values[name] = Number(values[name]);
  for (const name of ["audio", "video", "screen"]) if (name in values) values[name] = values[name] === "true";
  send(action, values);
});

setInterval(refresh, EVERY_MS);
