/** Rectangles in millionths of the canvas: pure integer arithmetic. Nothing is changed in place. */
export const UNIT = 1_000_000;
export const MIN = 10_000; // the least width and height a drag leaves, 1 %
export const MAX_REGIONS = 17;

export const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

/** The nearest integer to n / d, halves up; exact below 2 ** 52. */
export const round = (n, d) => Math.floor((2 * n + d) / (2 * d));

/** The two axes by the names of a rectangle's fields. */
export const SIZE = { x: "w", y: "h" };

export function bounds(rects) {
  const x = Math.min(...rects.map((r) => r.x));
  const y = Math.min(...rects.map((r) => r.y));
  const w = Math.max(...rects.map((r) => r.x + r.w)) - x;
  return { x, y, w, h: Math.max(...rects.map((r) => r.y + r.h)) - y };
}

/** Move rectangles as one box, all of it kept on the canvas. */
export function move(rects, dx, dy) {
  if (!rects.length) return rects;
  const box = bounds(rects);
  const x = clamp(box.x + dx, 0, Math.max(0, UNIT - box.w)) - box.x;
  const y = clamp(box.y + dy, 0, Math.max(0, UNIT - box.h)) - box.y;
  return x || y ? rects.map((r) => ({ ...r, x: r.x + x, y: r.y + y })) : rects;
}

/** "16:9" or [width, height] in output pixels as w:h in millionths of a canvas of that many pixels. */
export function ratioOf(ratio, { width, height }) {
  const [w, h] = typeof ratio === "string" ? ratio.split(":").map(Number) : ratio;
  return [w * height, h * width];
}

// Where an axis is held while its size changes: 0 its start, 1 its end, 0.5 its middle.
const held = (handle, start, end) => (handle.includes(end) ? 0 : handle.includes(start) ? 1 : 0.5);

/**
 * Drag a handle ("n" … "se") by (dx, dy). `ratio` [a, b] keeps w:h at a:b, `centre` holds the middle;
 * `min` is the least size, 1 % unless said otherwise. What was smaller before may stay as small.
 */
export function resize(box, handle, dx, dy, { ratio, centre = false, min = { w: MIN, h: MIN } } = {}) {
  const axes = { x: [held(handle, "w", "e"), dx], y: [held(handle, "n", "s"), dy] };
  const wanted = {};
  const least = {};
  const most = {};
  for (const [axis, [hold, pull]] of Object.entries(axes)) {
    const [at, size] = [box[axis], box[SIZE[axis]]];
    wanted[axis] = size + (hold === 0.5 ? 0 : hold ? -pull : pull) * (centre ? 2 : 1);
    least[axis] = Math.min(min[SIZE[axis]], size);
    most[axis] = centre ? 2 * Math.min(at + size / 2, UNIT - at - size / 2) : hold === 0.5 ? UNIT : hold ? at + size : UNIT - at;
  }
  let { x: w, y: h } = wanted;
  if (ratio) {
    const [a, b] = ratio;
    // At a corner the axis that was pulled further leads.
    const tall = axes.x[0] === 0.5 || (axes.y[0] !== 0.5 && Math.abs(h - box.h) * a > Math.abs(w - box.w) * b);
    w = Math.max(tall ? round(h * a, b) : w, least.x, Math.ceil((least.y * a) / b));
    w = Math.max(1, Math.min(w, most.x, Math.floor((most.y * a) / b)));
    h = clamp(round(w * b, a), 1, most.y);
  } else {
    w = clamp(w, Math.min(least.x, most.x), most.x);
    h = clamp(h, Math.min(least.y, most.y), most.y);
  }
  const placed = (at, size, next, hold) => {
    const half = hold === 0.5 || centre;
    const start = at + Math.floor((size - next) * (half ? 0.5 : hold));
    return half && next !== size ? clamp(start, 0, UNIT - next) : start;
  };
  return { ...box, x: placed(box.x, box.w, w, axes.x[0]), y: placed(box.y, box.h, h, axes.y[0]), w, h };
}

/** Map rectangles from one box to another. Edges are mapped, not sizes: shared edges stay shared. */
export function scale(rects, from, to) {
  const edge = (at, axis) => to[axis] + round((at - from[axis]) * to[SIZE[axis]], from[SIZE[axis]]);
  return rects.map((r) => {
    const [x, y] = [edge(r.x, "x"), edge(r.y, "y")];
    return { ...r, x, y, w: edge(r.x + r.w, "x") - x, h: edge(r.y + r.h, "y") - y };
  });
}

/** The smallest box a group can be scaled to with each member at 1 % or its own size, if less. */
export function leastBox(rects) {
  const box = bounds(rects);
  const least = (size) =>
    Math.max(...rects.map((r) => Math.ceil((Math.min(MIN, r[size]) * box[size]) / r[size])));
  return { w: least("w"), h: least("h") };
}

/** The rectangle drawn from one point to another, or null while it is under 1 %. */
export function draw(x0, y0, x1, y1, { ratio, centre } = {}) {
  const [x, y] = [clamp(x0, 0, UNIT), clamp(y0, 0, UNIT)];
  const handle = (y1 < y0 ? "n" : "s") + (x1 < x0 ? "w" : "e");
  const box = resize({ x, y, w: 0, h: 0 }, handle, x1 - x0, y1 - y0, { ratio, centre });
  return box.w < MIN || box.h < MIN ? null : box;
}

/** The regions under a point, topmost first; those hidden in the preview are left out. */
export function hits(regions, x, y) {
  const under = (r) => !r.hidden && r.x <= x && x < r.x + r.w && r.y <= y && y < r.y + r.h;
  return [...regions.keys()].filter((i) => under(regions[i])).reverse();
}

/** The next one down a stack of hits, from the top again after the last. */
export const walk = (stack, index) => stack[(stack.indexOf(index) + 1) % stack.length] ?? -1;

/** The regions a marquee touches. */
export function inside(regions, { x, y, w, h }) {
  const touched = (r) => !r.hidden && r.x < x + w && x < r.x + r.w && r.y < y + h && y < r.y + r.h;
  return [...regions.keys()].filter((i) => touched(regions[i]));
}

const STEPS = { "1%": 10_000, "5%": 50_000, 1: 1 };

/** `n` steps of "1%", "5%", "1" (a millionth) or "px" from a place. Pixels never add up an error. */
export function delta(at, n, step, pixels) {
  if (step !== "px") return n * STEPS[step];
  if (!(pixels >= 1)) return 0; // a canvas that is none yet
  const pixel = round(at * pixels, UNIT);
  return round((pixel + n) * UNIT, pixels) - round(pixel * UNIT, pixels);
}

const SIDES = { left: ["x", 0], centre: ["x", 0.5], right: ["x", 1], top: ["y", 0], middle: ["y", 0.5], bottom: ["y", 1] };

export function align(rects, how, box) {
  const [axis, part] = SIDES[how];
  const size = SIZE[axis];
  return rects.map((r) => ({ ...r, [axis]: box[axis] + Math.floor((box[size] - r[size]) * part) }));
}

/** Equal gaps, or equal distances of the centres, between the outermost two. */
export function distribute(rects, axis, by) {
  const size = SIZE[axis];
  const middle = (r) => 2 * r[axis] + r[size];
  const order = [...rects].sort((a, b) => middle(a) - middle(b));
  const [first, last, steps] = [order[0], order.at(-1), order.length - 1];
  if (steps < 2) return rects;
  const free = last[axis] - first[axis] - order.slice(0, -1).reduce((sum, r) => sum + r[size], 0);
  let used = 0;
  const at = new Map();
  order.forEach((r, i) => {
    const centre = middle(first) * steps + (middle(last) - middle(first)) * i;
    const place = by === "centres" ? round(centre - r[size] * steps, 2 * steps) : first[axis] + used + round(free * i, steps);
    used += r[size];
    at.set(r, i % steps ? clamp(place, 0, Math.max(0, UNIT - r[size])) : r[axis]);
  });
  return rects.map((r) => ({ ...r, [axis]: at.get(r) }));
}

/** Give all the width ("w"), height ("h") or size ("both") of one of them; kept on the canvas. */
export function sameSize(rects, what, { w, h }) {
  return rects.map((r) => {
    const next = { ...r, ...(what !== "h" && { w }), ...(what !== "w" && { h }) };
    return { ...next, x: clamp(r.x, 0, Math.max(0, UNIT - next.w)), y: clamp(r.y, 0, Math.max(0, UNIT - next.h)) };
  });
}

export function swap(a, b) {
  const at = ({ x, y, w, h }) => ({ x, y, w, h });
  return [{ ...a, ...at(b) }, { ...b, ...at(a) }];
}

/**
 * Bring edges that lie within `within` of each other onto one line, and say what changed. Locked
 * regions and those so thin that both edges could end on one line stay.
 */
export function tidy(rects, within = 5_000) {
  const changes = [];
  const next = rects.map((r) => ({ ...r }));
  const stays = (r, axis) => r.locked || r[SIZE[axis]] <= 2 * within;
  for (const [axis, ...sides] of [["x", "left", "right"], ["y", "top", "bottom"]]) {
    const size = SIZE[axis];
    const lines = together(rects, axis, (r) => stays(r, axis), within);
    rects.forEach((r, index) => {
      if (stays(r, axis)) return;
      const edges = [r[axis], r[axis] + r[size]];
      const [start, end] = edges.map((at) => lines.get(at));
      Object.assign(next[index], { [axis]: start, [size]: end - start });
      edges.forEach((from, i) => {
        const to = lines.get(from);
        if (from !== to) changes.push({ index, side: sides[i], from, to });
      });
    });
  }
  return { rects: changes.length ? next : rects, changes };
}

/** Where each edge goes: to one that stays or the canvas' own, else to where most of its group are. */
function together(rects, axis, stays, within) {
  const weight = new Map();
  for (const r of rects) {
    for (const at of [r[axis], r[axis] + r[SIZE[axis]]]) weight.set(at, (weight.get(at) ?? 0) + (stays(r) ? 100 : 1));
  }
  for (const edge of [0, UNIT]) weight.set(edge, Infinity);
  const groups = [];
  for (const at of [...weight.keys()].sort((a, b) => a - b)) {
    if (at - groups.at(-1)?.[0] <= within) groups.at(-1).push(at);
    else groups.push([at]);
  }
  const best = (group) => group.reduce((a, b) => (weight.get(b) > weight.get(a) ? b : a));
  return new Map(groups.flatMap((group) => group.map((at) => [at, best(group)])));
}

/** Paint order: `to` is "raise", "lower", "front" or "back"; chosen ones keep their order. */
export function reorder(list, indexes, to) {
  const chosen = new Set(indexes.map((i) => list[i]));
  const rest = list.filter((item) => !chosen.has(item));
  const moved = list.filter((item) => chosen.has(item));
  if (to === "front") return [...rest, ...moved];
  if (to === "back") return [...moved, ...rest];
  const next = to === "raise" ? [...list].reverse() : [...list];
  for (let i = 1; i < next.length; i++) {
    if (chosen.has(next[i]) && !chosen.has(next[i - 1])) [next[i - 1], next[i]] = [next[i], next[i - 1]];
  }
  return to === "raise" ? next.reverse() : next;
}

/** Move one entry of a list to another place. */
export function shift(list, from, to) {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** A copy 2 % to the lower right, or towards where there is room. */
export function duplicateOf(rect, by = 20_000) {
  const off = (at, size) => (at + size + by <= UNIT ? at + by : Math.max(0, at - by));
  return { ...rect, x: off(rect.x, rect.w), y: off(rect.y, rect.h) };
}
