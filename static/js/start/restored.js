/**
 * "Back" and "reload" bring back what was typed, but the rail as it was first sent: let it ask anew.
 * Once everything is loaded, since only then the browser has put the values in.
 */
addEventListener("pageshow", (event) => {
  const [entry] = performance.getEntriesByType("navigation");
  if (!event.persisted && entry?.type === "navigate") return;
  document.getElementById("start-form")?.dispatchEvent(new CustomEvent("start:restored"));
});
