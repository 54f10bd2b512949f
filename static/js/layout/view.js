/** The canvas: draws the document into the SVG. Nodes are changed in place, so that focus survives. */
import { isUrl } from "./checks.js";
import { $, draw, out, put, word } from "./dom.js";
import { UNIT } from "./geometry.js";
import { six } from "./fields.js";
import { startOverlay } from "./overlay.js";
import { boxes, place } from "./predefined.js";
import { gridPath, rulers } from "./rulers.js";

const RULER = 22;

export function startView(ed) {
  const svg = $("[data-svg]");
  const canvas = draw("g");
  const ground = draw("rect", { class: "stage__ground", "data-ground": "" });
  const image = draw("image", { preserveAspectRatio: "xMidYMid slice" });
  const missing = $("[data-missing]");
  image.addEventListener("error", () => (missing.hidden = false));
  image.addEventListener("load", () => (missing.hidden = true));
  const clip = draw("rect");
  const pen = document.createElement("canvas").getContext("2d"); // measures without a layout of the page
  pen.font = `500 12px ${getComputedStyle(svg).fontFamily}`;
  const regions = draw("g", { "clip-path": "url(#stage-clip)" });
  const lines = draw("path", { class: "stage__lines" });
  const overlay = draw("g", { class: "overlay" });
  const edges = draw("g", { class: "rulers", "aria-hidden": "true" });
  const hatch = draw("pattern", { id: "nobody", width: 10, height: 10, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    draw("rect", { width: 10, height: 10, class: "hatch__ground" }), draw("path", { d: "M0 0V10", class: "hatch__line" }));
  canvas.append(ground, image, regions, lines, overlay);
  svg.append(draw("defs", {}, hatch, draw("clipPath", { id: "stage-clip" }, clip)), canvas, edges);

  const nodes = new Map();
  const view = {
    zoom: 0, // 0: fit
    pan: { x: 0, y: 0 },
    guides: [],
    sweep: null,
    svg,
    /** Millionths under a point of the window; not rounded to the canvas. */
    at(event) {
      const { left, top } = svg.getBoundingClientRect();
      return [Math.round(((event.clientX - left - view.x) * UNIT) / view.w), Math.round(((event.clientY - top - view.y) * UNIT) / view.h)];
    },
    node: (id) => nodes.get(id),
    focus(id) {
      if (id && !nodes.has(id)) {
        paint(); // it is new, and the key came before the frame
        view.tell();
      }
      (nodes.get(id) ?? svg).focus({ preventScroll: true });
    },
    zoomTo(scale, x = view.width / 2, y = view.height / 2) {
      const next = Math.min(4, Math.max(0.25, scale));
      const ratio = next / view.scale;
      view.pan = { x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
      view.zoom = next;
      view.measure();
    },
    measure,
    paint,
    label,
    /** Names and the one tab stop; not while something is being dragged. */
    tell() {
      const { doc, selection } = ed.model;
      const stop = selection.at(-1) ?? doc.regions.find((region) => !region.hidden)?.id;
      put(svg, { tabindex: nodes.has(stop) ? -1 : 0 });
      for (const [key, node] of nodes) {
        const index = ed.model.index(key);
        const name = index < 0 ? node.text.textContent : describe(ed, doc.regions[index], index);
        put(node, { "aria-label": name, tabindex: index < 0 ? null : key === stop ? 0 : -1 });
      }
    },
  };

  const paintOverlay = startOverlay(overlay, ed, view);

  /** Where the canvas lies in the stage, in CSS pixels. */
  function measure() {
    const { doc } = ed.model;
    const bar = ed.show.rulers && !ed.show.final ? RULER : 0;
    const space = ed.show.final ? 0 : bar ? 14 : 20;
    view.width = svg.clientWidth;
    view.height = svg.clientHeight;
    const fit = Math.min((view.width - bar - 2 * space) / doc.width, (view.height - bar - 2 * space) / doc.height);
    view.scale = view.zoom || Math.max(0.01, ed.show.final ? Math.min(1, fit) : fit);
    view.w = doc.width * view.scale;
    view.h = doc.height * view.scale;
    view.x = view.zoom ? view.pan.x : bar + (view.width - bar - view.w) / 2;
    view.y = view.zoom ? view.pan.y : bar + (view.height - bar - view.h) / 2;
    put(canvas, { transform: `translate(${view.x} ${view.y})` });
    for (const node of [ground, image, clip]) put(node, { width: view.w, height: view.h });
    put(image, { href: isUrl(doc.image) ? doc.image : null });
    missing.hidden ||= !isUrl(doc.image);
    put(ground, { fill: doc.color });
    put(lines, { d: gridPath(view, ed.show) });
    edges.replaceChildren(...rulers(view, doc, bar));
    out("zoom", `${Math.round(view.scale * 100)} %`);
    paint();
  }

  function label(index, uid) {
    const { doc } = ed.model;
    const own = doc.kind === 3 ? doc.regions[index].uid : uid;
    const order = doc.regions.slice(0, index + 1).filter((region) => !region.uid).length;
    return own ? word("by_uid", { uid: own }) : word("by_order", { order });
  }

  /** One frame: every node that differs from what it showed. */
  function paint() {
    const { model, show } = ed;
    const { doc } = model;
    const custom = doc.kind === 3;
    const exact = show.final ? new Map(boxes(doc, ed.users(), ed.data.tables).map((box) => [box.index, box])) : null;
    const selected = new Set(model.selection);
    const seen = new Set();
    const focused = svg.contains(document.activeElement) && Number(document.activeElement.dataset.id);
    place(doc, ed.users(), ed.data.tables).forEach(({ region, uid, index }, order) => {
      const own = custom ? doc.regions[index] : null;
      if (own?.hidden && !show.final) return;
      const key = own?.id ?? `p${order}`;
      const node = nodes.get(key) ?? makeRegion(key, own);
      seen.add(key);
      const there = regions.children[seen.size - 1];
      if (there !== node) regions.insertBefore(node, there);
      const pixels = exact?.get(index);
      const [at, unit, side] = pixels ? [pixels, view.scale, view.scale] : [region, view.w / UNIT, view.h / UNIT];
      const box = { x: at.x * unit, y: at.y * side, width: Math.max(0, (at.width ?? at.w) * unit), height: Math.max(0, (at.height ?? at.h) * side) };
      paintRegion(node, box, { region, uid, own, index, pressed: selected.has(key) });
    });
    for (const [key, node] of nodes) {
      if (seen.has(key)) continue;
      node.remove();
      nodes.delete(key);
    }
    // What is moved to another place in the order loses the focus on its way.
    if (focused && !svg.contains(document.activeElement)) view.focus(focused);
    paintOverlay(custom ? model.selected.filter((region) => !region.hidden) : []);
  }

  function makeRegion(key, own) {
    const node = draw("g", own ? { class: "region", role: "button", tabindex: -1, "data-id": key } : { class: "region", role: "img" });
    node.body = draw("g", {}, (node.back = draw("rect")), (node.picture = draw("image")));
    node.append(node.body, (node.ring = draw("rect", { class: "region__ring" })), (node.edge = draw("rect", { class: "region__edge" })),
      (node.plate = draw("rect", { class: "region__plate", x: 5, y: 5, height: 20, rx: 4 })), (node.text = draw("text", { class: "region__label", x: 11, y: 19 })));
    nodes.set(key, node);
    regions.append(node);
    return node;
  }

  // A move changes the place of the group alone: its parts keep their attributes.
  function paintRegion(node, box, { region, uid, own, index, pressed }) {
    const { x, y, width, height } = box;
    const shown = ed.pictureOf(own, uid, index, region.mode);
    const back = uid === null ? (ed.show.final ? null : "url(#nobody)") : shown.mode ? "#000" : null;
    const inset = { x: 1, y: 1, width: Math.max(0, width - 2), height: Math.max(0, height - 2) };
    put(node, { transform: `translate(${x} ${y})`, "aria-pressed": own ? String(pressed) : null, "data-severity": ed.severity(index) });
    put(node.body, { opacity: region.alpha / UNIT });
    put(node.back, { width, height, fill: back ?? "none" });
    put(node.picture, { ...placed(width, height, shown), href: shown.href, preserveAspectRatio: `xMidYMid ${shown.mode ? "meet" : "slice"}` });
    put(node.ring, inset);
    put(node.edge, inset);
    const name = `${index + 1}`;
    const fitting = (...parts) => {
      const words = [name, own?.locked && "🔒", shown.note, ...parts].filter(Boolean).join(" · ");
      return words.length * 7 + 22 < width && words;
    };
    const text = fitting(label(index, uid)) || fitting() || name;
    put(node.text, { textContent: text });
    put(node.plate, { width: pen.measureText(text).width + 15 });
  }

  /** Where a picture lies in a region. A fitted one has its own shape: drawn people, who fill any box, keep theirs. */
  function placed(width, height, { size, mode }) {
    if (!size || !mode) return { x: 0, y: 0, width, height };
    const scale = Math.min(width / size[0], height / size[1]);
    const [w, h] = [size[0] * scale, size[1] * scale];
    return { x: (width - w) / 2, y: (height - h) / 2, width: w, height: h };
  }

  new ResizeObserver(measure).observe(svg);
  document.fonts.ready.then(measure);
  return view;
}

/** What is said of a region: its place in full, for the label and after each change. */
export function describe(ed, region, index) {
  const problem = ed.problems.find((each) => each.region === index && each.severity !== "info");
  return word("describe", {
    number: index + 1,
    who: ed.view.label(index),
    x: six(region.x),
    y: six(region.y),
    width: +(region.w / 10_000).toFixed(4),
    height: +(region.h / 10_000).toFixed(4),
    mode: word(region.mode ? "fit" : "crop"),
    more: [region.locked && word("locked"), region.hidden && word("hidden"), problem ? `${word(problem.severity)}: ${problem.message}` : ""].filter(Boolean).join(", "),
  });
}
