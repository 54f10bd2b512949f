/**
 * "Back" and "reload" bring back what was typed, but the rail as it was first sent: let it ask anew.
 * Once everything is loaded, since only then the browser has put the values in.
 */
addEventListener("pageshow", (event) => {
  const [entry] = performance.getEntriesByType("navigation");
  if (!event.persisted && entry?.type === "navigate") return;
  const form = document.getElementById("start-form");
  if (!form) return;
  // Firefox brings back more: the button disabled, as it was while the start was sent, and the hidden mode of
  // fields that were swapped in and are not here now.
  document.getElementById("start-button").disabled = false;
  form.elements.mode.value = form.querySelector(".mode[aria-pressed=true]").value;
  form.dispatchEvent(new CustomEvent("start:restored"));
});
