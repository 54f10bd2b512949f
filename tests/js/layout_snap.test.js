import assert from "node:assert/strict";
import { test } from "node:test";

import { UNIT, bounds, resize } from "../../static/js/layout/geometry.js";
import { snapMove, snapResize, snapSize } from "../../static/js/layout/snap.js";
import { anyRect, seeded } from "./seeded.js";

const TOLERANCE = { x: 8_000, y: 8_000 };
const rect = (x, y, w, h, id = 0) => ({ x, y, w, h, id });
const moved = (box, others = [], options = {}) => snapMove(box, others, { ...TOLERANCE, ...options });
const kinds = (found, axis = "x") => found.guides.filter((guide) => guide.axis === axis).map(({ kind, at, id, side }) => [kind, at, id, side]);

test("a box snaps to the edges of the canvas, its centre and its thirds", () => {
  assert.equal(moved(rect(7_000, 400_000, 100_000, 100_001)).dx, -7_000);
  assert.equal(moved(rect(893_001, 400_000, 100_000, 100_001)).dx, 6_999);
  assert.equal(moved(rect(454_000, 400_000, 100_000, 100_001)).dx, -4_000);
  assert.equal(moved(rect(330_000, 400_000, 100_000, 100_001)).dx, 3_333);
  assert.deepEqual(kinds(moved(rect(454_000, 400_000, 100_000, 100_001))), [["centre", 500_000, null, "centre"]]);
});

test("beyond the tolerance nothing pulls", () => {
  const found = moved(rect(8_001, 108_001, 100_000, 100_001));

  assert.deepEqual(found, { dx: 0, dy: 0, guides: [] });
});

test("the closest wins, and each axis by itself", () => {
  const other = rect(200_000, 200_000, 300_000, 300_000, 5);
  const found = moved(rect(505_000, 190_500, 90_000, 8_000), [other]);

  assert.deepEqual([found.dx, found.dy], [-5_000, 1_500]);
  assert.deepEqual(kinds(found), [["edge", 500_000, 5, "end"], ["centre", 500_000, null, "centre"]]);
  assert.deepEqual(kinds(found, "y"), [["edge", 200_000, 5, "start"]]);
});

test("on a tie an edge beats a centre", () => {
  const other = rect(594_000, 0, 100_000, 100_000, 3); // its edge 4000 to the left, the canvas' centre 4000 to the right
  const found = moved(rect(548_000, 600_000, 50_000, 60_001), [other], { x: 4_000 });
  const centred = moved(rect(471_000, 600_000, 50_000, 60_001), [rect(0, 0, 467_000, 100_000, 3)], { x: 4_000 });

  assert.deepEqual([found.dx, found.guides[0].kind], [-4_000, "edge"]);
  assert.deepEqual([centred.dx, centred.guides[0].kind], [-4_000, "edge"]);
});

test("a guide tells the gap to the region it lines up with", () => {
  const [guide] = moved(rect(101_000, 700_000, 50_000, 50_001), [rect(100_000, 200_000, 300_000, 300_000, 9)]).guides;

  assert.deepEqual(guide, { axis: "x", kind: "edge", at: 100_000, from: 200_000, to: 750_001, gap: 200_000, id: 9, side: "start" });
});

test("equal gaps are found to the right, to the left and between", () => {
  const row = [rect(100_000, 0, 100_000, 100_000, 1), rect(250_000, 0, 100_000, 100_000, 2)];
  const right = moved(rect(402_000, 30_000, 70_000, 71_001), row, { x: 3_000, y: 1 });
  const pair = [rect(200_000, 0, 100_000, 100_000, 1), rect(640_000, 0, 100_000, 100_000, 2)];
  const between = moved(rect(423_000, 30_000, 98_001, 71_001), pair, { x: 3_000, y: 1 });

  assert.equal(right.dx, -2_000);
  assert.deepEqual(right.guides.map(({ kind, from, to, gap }) => [kind, from, to, gap]), [["gap", 200_000, 250_000, 50_000], ["gap", 350_000, 400_000, 50_000]]);
  assert.equal(423_000 + between.dx, 420_999);
  assert.deepEqual(between.guides.map(({ from, gap }) => [from, gap]), [[300_000, 120_999], [519_001, 120_999]]);
});

test("a grid of 12, 16 or 24 columns pulls when it is shown", () => {
  const box = rect(84_000, 400_000, 10_001, 10_003);

  assert.equal(moved(box).dx, 0);
  assert.deepEqual([12, 16, 24].map((grid) => moved(box, [], { grid, x: 2_000 }).dx), [-667, 0, -667]);
});

test("snapping that is off does nothing", () => {
  assert.deepEqual(moved(rect(1, 1, 10_000, 10_000), [], { off: true }), { dx: 0, dy: 0, guides: [] });
});

test("only the edges that move are pulled while sizing", () => {
  const box = rect(3_000, 3_000, 494_000, 301_007);
  const found = snapResize(box, "e", [], TOLERANCE);

  assert.deepEqual([found.dx, found.dy], [3_000, 0]);
  assert.deepEqual(snapResize(box, "nw", [], TOLERANCE).dx, -3_000);
  assert.deepEqual(kinds(found), [["centre", 500_000, null, "centre"]]);
});

test("snapped boxes stay on the canvas and keep whole millionths, whatever lies around", () => {
  const random = seeded(5);
  for (let i = 0; i < 1000; i++) {
    const others = Array.from({ length: random.int(0, 16) }, (_, id) => ({ ...anyRect(random), id }));
    const box = anyRect(random);
    const options = { x: random.int(1, 60_000), y: random.int(1, 60_000), grid: random.pick([0, 12, 16, 24]) };
    const { dx, dy, guides } = snapMove(box, others, options);
    const all = bounds([{ ...box, x: box.x + dx, y: box.y + dy }, rect(0, 0, UNIT, UNIT)]);

    assert.deepEqual(all, { x: 0, y: 0, w: UNIT, h: UNIT });
    assert.ok(Math.abs(dx) <= options.x && Math.abs(dy) <= options.y && [dx, dy].every(Number.isInteger));
    assert.equal(guides.some((guide) => guide.axis === "x") || dx === 0, true);
    const handle = random.pick(["n", "ne", "e", "se", "s", "sw", "w", "nw"]);
    const pull = snapResize(box, handle, others, options);
    const next = resize(box, handle, pull.dx, pull.dy);
    for (const guide of pull.guides.filter((guide) => guide.axis === "x" && next.w > 10_000)) {
      assert.ok([next.x, next.x + next.w].includes(guide.at), `${guide.at}`);
    }
  }
});

test("a sized box is snapped as it ends up, and shows only the lines it lies on", () => {
  const box = rect(0, 0, 200_000, 200_000);
  const free = snapSize(box, "se", 297_000, 130_001, {}, [], TOLERANCE);
  const square = snapSize(box, "se", 297_000, 130_001, { ratio: [1, 1] }, [], TOLERANCE);
  const third = snapSize(box, "s", 0, 130_001, { ratio: [1, 1] }, [], TOLERANCE);

  assert.deepEqual(free.box, rect(0, 0, 500_000, 333_333));
  assert.deepEqual(kinds(free, "y"), [["third", 333_333, null, "centre"]]);
  assert.deepEqual([square.box, square.guides.length], [rect(0, 0, 500_000, 500_000), 2]);
  assert.deepEqual(snapSize(box, "se", 100_000, 297_000, { ratio: [1, 1] }, [], TOLERANCE).box, rect(0, 0, 500_000, 500_000));
  assert.deepEqual([third.box.h, third.guides.map(({ axis }) => axis)], [333_333, ["y"]]);
});

test("whatever the ratio, each guide of a sized box lies on its edge", () => {
  const random = seeded(8);
  for (let i = 0; i < 1000; i++) {
    const others = Array.from({ length: 6 }, (_, id) => ({ ...anyRect(random), id }));
    const how = { ratio: random.pick([undefined, [16, 9], [1, 2]]), centre: random.chance(0.3) };
    const handle = random.pick(["n", "ne", "e", "se", "s", "sw", "w", "nw"]);
    const { box, guides } = snapSize(anyRect(random), handle, random.int(-90_000, 90_000), random.int(-90_000, 90_000), how, others, TOLERANCE);

    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.w <= UNIT && box.y + box.h <= UNIT);
    for (const { axis, at } of guides) assert.ok((axis === "x" ? [box.x, box.x + box.w] : [box.y, box.y + box.h]).includes(at));
  }
});
