/** A document drawn small: for the arrangements, conflicts, before and after, and the exported PNG. */
import { draw } from "./dom.js";
import { UNIT } from "./geometry.js";
import { place } from "./predefined.js";

const FILLS = ["#2f6b5e", "#7a4b2a", "#2f4f86", "#6b3f6e", "#8a3b3b", "#3f6b2f"];

export function thumbnail(doc, users, tables, label) {
  const { width, height } = doc;
  const size = Math.max(width, height);
  const parts = place(doc, users, tables).map(({ region, uid, index }) => {
    const [x, y, w, h] = [(region.x * width) / UNIT, (region.y * height) / UNIT, (region.w * width) / UNIT, (region.h * height) / UNIT];
    const [cx, cy, r] = [x + w / 2, y + h / 2, Math.min(w, h) / 2];
    return draw("g", { opacity: 0.25 + (0.75 * region.alpha) / UNIT },
      draw("rect", { x, y, width: w, height: h, fill: uid === null ? "#ffffff22" : FILLS[index % FILLS.length], stroke: "#0a100e", "stroke-width": size / 320 }),
      draw("circle", { cx, cy: cy - r * 0.2, r: r * 0.24, fill: "#ffffff66" }),
      draw("path", { d: `M${cx - r * 0.46} ${cy + r * 0.62}c0-${r * 0.4} ${r * 0.2}-${r * 0.52} ${r * 0.46}-${r * 0.52}s${r * 0.46} ${r * 0.12} ${r * 0.46} ${r * 0.52}z`, fill: "#ffffff66" }));
  });
  return draw("svg", { xmlns: "http://www.w3.org/2000/svg", class: "thumbnail", role: "img", "aria-label": label, viewBox: `0 0 ${width} ${height}`, width, height },
    draw("rect", { width, height, fill: /^#[0-9a-f]{6}$/i.test(doc.color) ? doc.color : "#000000" }), ...parts);
}

/** The same as a PNG, its longer side 640 px. */
export async function png(svg) {
  const { width, height } = svg.viewBox.baseVal;
  const scale = 640 / Math.max(width, height);
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
  await picture.decode();
  URL.revokeObjectURL(picture.src);
  const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
