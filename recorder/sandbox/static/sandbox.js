// Keeps the page fresh and sends its forms and buttons as JSON. Reading works without this.
const EVERY_MS = 2000;
const message = document.getElementById("message");

async function send(action, values) {
  const response = await fetch(`/_sandbox/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(values),
  });
  message.textContent = response.ok ? "" : (await response.json()).message;
  await refresh();
}

/** Whether somebody is at work in the part of the page that a refresh would replace. */
function busy(part) {
  const changed = [...part.querySelectorAll("input")].some((i) => i.value !== i.defaultValue);
  return changed || part.contains(document.activeElement);
}

/** Put a new copy of the page's main part in place. */
async function refresh() {
  const now = document.getElementById("sandbox");
  if (document.hidden || busy(now)) return;
  const response = await fetch("/_sandbox/").catch(() => null);
  if (!response?.ok) {
    message.textContent = "The sandbox does not answer.";
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const img of page.querySelectorAll("img")) {
    // The old picture stays until the new one is there: no flicker.
    img.src = `${img.getAttribute("src")}?${Math.floor(Date.now() / 1000)}`;
    await img.decode().catch(() => {});
  }
  now.replaceWith(document.adoptNode(page.getElementById("sandbox")));
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-action]");
  if (!form) return;
  event.preventDefault();
  const values = Object.fromEntries(new FormData(form));
  for (const name of ["speed", "advance"]) if (name in values) values[name] = Number(values[name]);
  form.reset();
  document.activeElement.blur();
  send(form.dataset.action, values);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (!button) return;
  const { action, ...values } = button.dataset;
  for (const name of ["audio", "video"]) if (name in values) values[name] = values[name] === "true";
  button.blur();
  send(action, values);
});

setInterval(refresh, EVERY_MS);
