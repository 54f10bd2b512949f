/** What lies over the pictures: the frame of the selection, its handles, guides, and the box being drawn. */
import { draw, put } from "./dom.js";
import { UNIT, bounds } from "./geometry.js";

const HANDLES = { nw: [0, 0], n: [0.5, 0], ne: [1, 0], e: [1, 0.5], se: [1, 1], s: [0.5, 1], sw: [0, 1], w: [0, 0.5] };
const DOT = 10; // px
const percent = (at) => `${+(at / 10_000).toFixed(2)} %`;

/** A function that draws the overlay into a layer, for the regions that are selected. */
export function startOverlay(layer, ed, view) {
  const hit = ed.coarse ? 44 : 24;
  const frame = draw("rect", { class: "picked" });
  const each = draw("path", { class: "picked" });
  const sweep = draw("rect", { class: "sweep" });
  const under = draw("path", { class: "guide guide--under" });
  const guide = draw("path", { class: "guide" });
  const gaps = draw("g");
  const square = (size, more) => draw("rect", { x: -size / 2, y: -size / 2, width: size, height: size, ...more });
  const handles = Object.entries(HANDLES).map(([name, at]) => ({
    at,
    node: draw("g", { "data-h": name, class: `handle handle--${name}` }, square(hit, { class: "handle__hit" }), square(DOT, { class: "handle__dot", rx: 2 })),
  }));
  // A move changes the place of this group alone.
  const held = draw("g", {}, frame, ...handles.map(({ node }) => node));
  layer.append(each, held, under, guide, gaps, sweep);

  const across = (at) => (at * view.w) / UNIT;
  const down = (at) => (at * view.h) / UNIT;
  const box = ({ x, y, w, h }) => ({ x: across(x), y: down(y), width: across(w), height: down(h) });

  function paintHandles(chosen) {
    const show = chosen.length > 0 && !ed.show.final;
    const { x, y, width, height } = box(show ? bounds(chosen) : { x: 0, y: 0, w: 0, h: 0 });
    put(held, { transform: `translate(${x} ${y})`, display: show ? null : "none" });
    put(frame, { width, height });
    const outlines = show && chosen.length > 1 ? chosen.map(box) : [];
    put(each, { d: outlines.map((b) => `M${b.x} ${b.y}h${b.width}v${b.height}h${-b.width}z`).join("") });
    const free = show && chosen.some((region) => !region.locked);
    for (const { node, at: [right, low] } of handles) {
      const crowded = (right === 0.5 && width < hit * 1.5) || (low === 0.5 && height < hit * 1.5);
      put(node, { transform: `translate(${width * right} ${height * low})`, display: free && !crowded ? null : "none" });
    }
  }

  function paintGuides() {
    let path = "";
    let used = 0;
    for (const { axis, at, from, to, kind, gap } of view.guides) {
      const upright = (axis === "x") !== (kind === "gap"); // a gap is a bar along its axis
      const [x, y] = upright ? [across(at), down(from)] : [across(from), down(at)];
      path += `M${x} ${y}${upright ? `V${down(to)}` : `H${across(to)}`}`;
      if (!gap) continue;
      const { width, height } = ed.model.doc;
      const middle = (from + to) / 2;
      const place = upright ? { x: x + 6, y: down(middle) } : { x: across(middle), y: y - 6 };
      const text = gaps.children[used++] ?? gaps.appendChild(draw("text", { class: "guide__gap" }));
      put(text, { ...place, display: null, textContent: `${Math.round((gap * (upright ? height : width)) / UNIT)} px · ${percent(gap)}` });
    }
    put(under, { d: path });
    put(guide, { d: path });
    for (const text of [...gaps.children].slice(used)) put(text, { display: "none" });
  }

  return (chosen) => {
    paintHandles(chosen);
    paintGuides();
    put(sweep, view.sweep ? { ...box(view.sweep), display: null } : { display: "none" });
  };
}
