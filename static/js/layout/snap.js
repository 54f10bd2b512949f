/** Snapping: to the canvas, its thirds and grid, other regions' edges and centres, and equal gaps. */
import { SIZE, UNIT, resize } from "./geometry.js";

// On a tie the lower wins: edges before centres, regions before the lines of a grid.
const RANK = { edge: 0, canvas: 1, gap: 2, centre: 3, third: 4, grid: 5 };
const OTHER = { x: "y", y: "x" };

/** The places of an axis that things snap to: {at, kind, id, side}. */
function lines(axis, others, grid) {
  const found = [];
  const add = (at, kind, side, id = null) => found.push({ at, kind, side, id });
  for (const r of others) {
    const [start, size] = [r[axis], r[SIZE[axis]]];
    add(start, "edge", "start", r.id);
    add(start + size, "edge", "end", r.id);
    add(start + size / 2, "centre", "centre", r.id);
  }
  add(0, "canvas", "start");
  add(UNIT, "canvas", "end");
  add(UNIT / 2, "centre", "centre");
  for (const k of [1, 2]) add(Math.round((k * UNIT) / 3), "third", "centre");
  for (let k = 1; k < grid; k++) add(Math.round((k * UNIT) / grid), "grid", "centre");
  return found;
}

const apart = (a, b, axis) => a[axis] + a[SIZE[axis]] <= b[axis];
const across = (a, b, axis) => a[axis] < b[axis] + b[SIZE[axis]] && b[axis] < a[axis] + a[SIZE[axis]];

/** Starts at which the box has the same gap to a neighbour as two others have, or as on its other side. */
function gaps(axis, box, others) {
  const size = SIZE[axis];
  const row = others.filter((r) => across(r, box, OTHER[axis]));
  const found = [];
  for (const a of row) {
    for (const b of row) {
      const gap = b[axis] - a[axis] - a[size];
      if (gap <= 0) continue;
      const [before, after] = [a[axis] - gap - box[size], b[axis] + b[size] + gap];
      const [end, start] = [a[axis] + a[size], b[axis]];
      found.push({ to: after, gap, bars: [end, b[axis] + b[size]] }, { to: before, gap, bars: [before + box[size], end] });
      const half = Math.floor((gap - box[size]) / 2);
      if (half > 0) found.push({ to: end + half, gap: half, bars: [end, start - half] });
    }
  }
  return found;
}

/** Of moving points {at, kind} and lines, the pull that is least; all lines it brings together. */
function best(points, targets, extra, tolerance) {
  const pulls = [...extra];
  for (const point of points) {
    for (const line of targets) {
      const by = line.at - point.at;
      if (Math.abs(by) > tolerance || !Number.isInteger(by)) continue;
      pulls.push({ by, rank: Math.max(RANK[point.kind], RANK[line.kind]), line });
    }
  }
  pulls.sort((a, b) => Math.abs(a.by) - Math.abs(b.by) || a.rank - b.rank);
  return { by: pulls[0]?.by ?? 0, pulls: pulls.filter((pull) => pull.by === pulls[0].by) };
}

function guides(axis, box, others, pulls) {
  const [o, size] = [OTHER[axis], SIZE[OTHER[axis]]];
  const shown = new Map();
  for (const { line, bar } of pulls) {
    if (bar) {
      const common = { axis, kind: "gap", at: box[o] + box[size] / 2, gap: bar.gap, id: null, side: "" };
      for (const from of bar.bars) shown.set(`gap ${from}`, { ...common, from, to: from + bar.gap });
      continue;
    }
    const r = others.find((other) => other.id === line.id);
    const whole = { [o]: 0, [size]: UNIT };
    const [a, b] = r ? (box[o] < r[o] ? [box, r] : [r, box]) : [whole, whole];
    const gap = r ? Math.max(0, b[o] - a[o] - a[size]) : 0;
    const to = Math.max(a[o] + a[size], b[o] + b[size]);
    const key = `${line.at} ${line.id ?? ""}`;
    if (!shown.has(key)) shown.set(key, { axis, kind: line.kind, at: line.at, from: a[o], to, gap, id: line.id, side: line.side });
  }
  return [...shown.values()];
}

function snap(box, others, { x, y, grid = 0, off }, pointsOf, moving) {
  const pulled = { dx: 0, dy: 0, guides: [] };
  if (off) return pulled;
  const drawn = [];
  for (const [axis, tolerance, name] of [["x", x, "dx"], ["y", y, "dy"]]) {
    const size = box[SIZE[axis]];
    const extra = [];
    for (const bar of moving ? gaps(axis, box, others) : []) {
      const by = bar.to - box[axis];
      if (Math.abs(by) <= tolerance && bar.to >= 0 && bar.to + size <= UNIT) extra.push({ by, rank: RANK.gap, bar });
    }
    const targets = lines(axis, others, grid).filter(({ at }) => at >= 0 && at <= UNIT);
    const points = pointsOf(axis, box[axis], size);
    let found = best(points, targets, extra, tolerance);
    if (moving && (box[axis] + found.by < 0 || box[axis] + size + found.by > UNIT)) found = { by: 0, pulls: [] };
    pulled[name] = found.by;
    drawn.push([axis, found.pulls]);
  }
  const at = { ...box, x: box.x + (moving && pulled.dx), y: box.y + (moving && pulled.dy) };
  pulled.guides = drawn.flatMap(([axis, pulls]) => guides(axis, at, others, pulls));
  return pulled;
}

/** What to add to a box that is being moved, and the lines it then lies on. */
export const snapMove = (box, others, options) =>
  snap(box, others, options, (_, at, size) => [
    { at, kind: "edge" }, { at: at + size, kind: "edge" }, { at: at + size / 2, kind: "centre" },
  ], true);

/** What to add to the way a handle was pulled, and the lines the edges then lie on. */
export const snapResize = (box, handle, others, options) =>
  snap(box, others, options, (axis, at, size) => {
    const [start, end] = axis === "x" ? ["w", "e"] : ["n", "s"];
    if (handle.includes(start)) return [{ at, kind: "edge" }];
    return handle.includes(end) ? [{ at: at + size, kind: "edge" }] : [];
  }, false);

/**
 * The box a handle leaves after (dx, dy), snapped: {box, guides}. `how` is what `resize` takes. Where a
 * kept ratio lets only one axis reach its line, the nearer line is reached and the other guide not shown.
 */
export function snapSize(box, handle, dx, dy, how, others, options) {
  const free = resize(box, handle, dx, dy, how);
  const pull = snapResize(free, handle, others, options);
  const end = (r, axis) => r[axis] + r[SIZE[axis]];
  const edge = (axis, start) => (handle.includes(start) ? free[axis] - box[axis] : end(free, axis) - end(box, axis));
  let [x, y] = [edge("x", "w") + pull.dx, edge("y", "n") + pull.dy];
  if (how?.ratio) {
    const across = pull.dx && !(pull.dy && Math.abs(pull.dy) < Math.abs(pull.dx));
    [x, y] = across ? [x, 0] : pull.dy ? [0, y] : [dx, dy]; // the axis that is pulled leads
  }
  const next = resize(box, handle, x, y, how);
  return { box: next, guides: pull.guides.filter(({ axis, at }) => next[axis] === at || end(next, axis) === at) };
}
