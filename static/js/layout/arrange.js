/** The dialog of arrangements. */
import { preset } from "./presets.js";
import { thumbnail } from "./thumb.js";

/** The arrangements: a live picture before one step. */
export function arrange(ed) {
  const { doc } = ed.model;
  const place = ed.dialog("editor-presets", { use: () => ed.run("preset", { regions: rects, label: chosenName }) });
  const form = place("form");
  let rects = [];
  let chosenName = "";
  form.elements.n.value = Math.max(2, doc.regions.length || 4);
  const redraw = () => {
    const values = Object.fromEntries(new FormData(form));
    const numbers = { n: Number(values.n), gap: Math.max(0, values.gap), margin: Math.max(0, values.margin) };
    chosenName = form.querySelector("[name=kind]:checked").parentElement.textContent.trim();
    rects = preset(values.kind, { ...values, ...numbers, width: doc.width, height: doc.height });
    for (const node of form.querySelectorAll("[data-for]")) node.hidden = !node.dataset.for.split(" ").includes(values.kind);
    place("n").textContent = values.n;
    const next = { ...doc, kind: 3, regions: rects.map((rect) => ({ alpha: 1e6, mode: 0, uid: "", ...rect })) };
    place("preview").replaceChildren(thumbnail(next, rects.map((_, i) => `${i + 1}`), ed.data.tables, chosenName));
  };
  form.addEventListener("input", redraw);
  form.addEventListener("submit", (event) => event.preventDefault());
  redraw();
}
