/** Ready arrangements. Cells are cut at round(i · UNIT / n), so they meet exactly and end at 1. */
import { UNIT, clamp, ratioOf, round } from "./geometry.js";

export const PRESETS = ["grid", "spotlight", "beside", "pip", "interview", "presenter"];
const ALL = { x: 0, y: 0, w: UNIT, h: UNIT };

/** `n` spans over a length from a place; a gap is cut out between them, the outer edges stay. */
function cuts(from, length, n, wanted) {
  const gap = Math.min(wanted, Math.floor(length / n / 2));
  return Array.from({ length: n }, (_, i) => {
    const [start, end] = [i, i + 1].map((k) => from + round(k * (length + gap), n));
    return [start, end - gap - start];
  });
}

/** Cut a box into two at a share of it, with the gap between; `side` is where the second part lies. */
function split(box, side, share, gap) {
  const tall = side === "top" || side === "bottom";
  const [at, size, space] = tall ? ["y", "h", gap.y] : ["x", "w", gap.x];
  const small = Math.floor((box[size] - space) * share);
  const large = box[size] - space - small;
  const before = side === "left" || side === "top";
  return [
    { ...box, [at]: box[at] + (before ? small + space : 0), [size]: large },
    { ...box, [at]: box[at] + (before ? 0 : large + space), [size]: small },
  ];
}

/** `n` cells in a grid of so many columns. Rows that are not full are stretched, or the last is centred or left. */
function grid(box, n, columns, gap, { order = "rows", last = "stretch" } = {}) {
  const [x, y, w, h] = order === "columns" ? ["y", "x", "h", "w"] : ["x", "y", "w", "h"];
  const lines = Math.ceil(n / columns);
  let left = n;
  return cuts(box[y], box[h], lines, gap[y]).flatMap(([top, tall], line) => {
    const count = last === "stretch" ? Math.ceil(left / (lines - line)) : Math.min(columns, left);
    left -= count;
    const row = cuts(box[x], box[w], last === "stretch" ? count : columns, gap[x]).slice(0, count);
    const free = box[x] + box[w] - row.at(-1)[0] - row.at(-1)[1];
    const by = last === "centre" ? Math.floor(free / 2) : 0;
    return row.map(([start, wide]) => ({ [x]: start + by, [y]: top, [w]: wide, [h]: tall }));
  });
}

/** The count of columns that leaves the largest picture of ratio a:b in a cell. */
function columnsFor(box, n, [a, b], turned) {
  const [w, h] = turned ? [box.h, box.w] : [box.w, box.h];
  const [p, q] = turned ? [b, a] : [a, b];
  const size = (columns) => Math.min(w / columns / p, h / Math.ceil(n / columns) / q);
  let best = 1;
  for (let columns = 2; columns <= n; columns++) if (size(columns) > size(best)) best = columns;
  return best;
}

// How much a strip takes of the picture, by how many stand in it; over eight stand in two lines.
const share = (count) => (count > 8 ? 1 / 4 : clamp(1 / count, 1 / 6, 1 / 4));

/** The rectangle of ratio a:b in the middle of a cell. */
function shaped(cell, [a, b]) {
  const w = Math.min(cell.w, round(cell.h * a, b));
  const h = Math.min(cell.h, round(cell.w * b, a));
  return { x: cell.x + Math.floor((cell.w - w) / 2), y: cell.y + Math.floor((cell.h - h) / 2), w, h };
}

/**
 * The regions of an arrangement for n users on a canvas of width×height. `gap` and `margin` are output
 * pixels, `ratio` "" (cells filled) or "16:9", … Gives [{x, y, w, h, mode}] in paint order.
 */
export function preset(kind, options) {
  const { n, width, height, gap: space = 0, margin = 0, ratio = "", side = "right", corner = "se" } = options;
  const least = Math.min(width, height);
  const both = (pixels) => ({ x: round(pixels * UNIT, width), y: round(pixels * UNIT, height) });
  const gap = both(Math.min(space, least / 20));
  const edge = both(Math.min(margin, least / 5));
  const box = { x: edge.x, y: edge.y, w: UNIT - 2 * edge.x, h: UNIT - 2 * edge.y };
  const cell = ratioOf(ratio || "4:3", options); // without a wish, what suits wide and upright pictures
  const portrait = height > width;
  const fitted = (cells) => (ratio ? cells.map((r) => shaped(r, cell)) : cells);
  const tiles = (area, count, columns) => fitted(grid(area, count, columns, gap, options));
  const strip = (area, count, down) => {
    const lines = count > 8 ? 2 : 1;
    const columns = down ? lines : Math.ceil(count / lines);
    return fitted(grid(area, count, columns, gap, { last: "stretch" }));
  };
  const withStrip = (at, part = share(n - 1)) => {
    if (n === 1) return [box];
    const [large, rest] = split(box, at, part, gap);
    return [large, ...strip(rest, n - 1, at === "left" || at === "right")];
  };
  const make = {
    grid: () => tiles(box, n, columnsFor(box, n, cell, options.order === "columns")),
    spotlight: () => withStrip(side),
    beside: () => tiles(box, n, portrait !== (options.order === "columns") ? 1 : n),
    pip: () => [ALL, ...inCorner(n - 1, corner, ratio ? cell : [1, 1], { x: edge.x || 24_000, y: edge.y || 24_000 }, gap)],
    interview: () => {
      const pair = (area) => grid(area, Math.min(n, 2), portrait ? 1 : 2, gap);
      if (n < 3) return fitted(pair(box));
      const [top, below] = split(box, "bottom", share(n - 2), gap);
      return [...fitted(pair(top)), ...strip(below, n - 2)];
    },
    presenter: () => withStrip(portrait ? "bottom" : side, 1 / 4),
  };
  const slides = kind === "presenter"; // shown whole, never cropped
  return make[kind]().map((r, i) => ({ ...r, mode: slides && i === 0 ? 1 : 0 }));
}

/** Small pictures from a corner along the longer way, in as many lines as needed. */
function inCorner(count, corner, [a, b], edge, gap) {
  const columns = Math.min(4, count);
  const lines = Math.ceil(count / 4);
  const space = { x: gap.x || 12_000, y: gap.y || 12_000 };
  const most = Math.min((UNIT - 2 * edge.x + space.x) / Math.max(columns, 4) - space.x, 240_000);
  const h = Math.floor(Math.min((most * b) / a, (UNIT - 2 * edge.y + space.y) / Math.max(lines, 3) - space.y));
  const w = Math.floor((h * a) / b);
  return Array.from({ length: count }, (_, k) => {
    const x = edge.x + (k % 4) * (w + space.x);
    const y = edge.y + Math.floor(k / 4) * (h + space.y);
    return { x: corner.includes("e") ? UNIT - x - w : x, y: corner.includes("s") ? UNIT - y - h : y, w, h };
  });
}
