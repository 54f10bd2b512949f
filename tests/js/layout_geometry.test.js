import assert from "node:assert/strict";
import { test } from "node:test";

import * as g from "../../static/js/layout/geometry.js";
import { anyRect, seeded } from "./seeded.js";

const { UNIT } = g;
const HANDLES = ["n", "ne", "e", "se", "s", "sw", "w", "nw"];
const WIDE = { width: 1280, height: 720 };
const rect = (x, y, w, h) => ({ x, y, w, h });
const some = (random, n = random.int(1, 6)) => Array.from({ length: n }, () => anyRect(random));
const onCanvas = (r) => r.x >= 0 && r.y >= 0 && r.x + r.w <= UNIT && r.y + r.h <= UNIT && [r.x, r.y, r.w, r.h].every(Number.isSafeInteger);

/** The same check for many random cases; a failure names its case. */
function always(name, check) {
  test(name, () => {
    const random = seeded(11);
    for (let i = 0; i < 500; i++) check(random, `case ${i}`);
  });
}

always("a moved group stays on the canvas with its shape and distances", (random, name) => {
  const rects = some(random);
  const moved = g.move(rects, random.int(-UNIT, UNIT), random.int(-UNIT, UNIT));

  assert.ok(moved.every(onCanvas), name);
  const steps = moved.map((r, i) => [r.x - rects[i].x, r.y - rects[i].y, r.w - rects[i].w, r.h - rects[i].h].join());
  assert.equal(new Set(steps).size, 1, name);
});

test("forty drags there and back leave every number as it was", () => {
  const start = [rect(333_333, 1, 250_001, 333_334)];
  let rects = start;
  for (let i = 0; i < 40; i++) rects = g.move(g.move(rects, 12_345, 67_891), -12_345, -67_891);

  assert.deepEqual(rects, start);
});

test("what does not move is the same object", () => {
  const rects = [rect(0, 0, UNIT, UNIT)];

  assert.equal(g.move(rects, 5, -5), rects);
});

test("a region that is wider than the canvas can be moved without getting stuck", () => {
  assert.deepEqual(g.move([rect(100, 0, UNIT + 50, 10)], 7, 0)[0].x, 0);
});

always("a resized box stays on the canvas, at least 1 % each way, and its far edges stay", (random, name) => {
  const box = anyRect(random);
  for (const handle of HANDLES) {
    const next = g.resize(box, handle, random.int(-UNIT, UNIT), random.int(-UNIT, UNIT));
    assert.ok(onCanvas(next) && next.w >= g.MIN && next.h >= g.MIN, name);
    if (!handle.includes("w")) assert.equal(next.x, box.x, name);
    if (!handle.includes("e")) assert.equal(next.x + next.w, box.x + box.w, name);
    if (!handle.includes("n")) assert.equal(next.y, box.y, name);
    if (!handle.includes("s")) assert.equal(next.y + next.h, box.y + box.h, name);
  }
});

always("a kept ratio is kept to the millionth, on the canvas", (random, name) => {
  const ratio = g.ratioOf(random.pick(["16:9", "9:16", "4:3", "1:1", [1920, 1081]]), WIDE);
  const box = anyRect(random);
  for (const handle of HANDLES) {
    for (const centre of [false, true]) {
      const options = { ratio, centre, min: { w: 1, h: 1 } };
      const next = g.resize(box, handle, random.int(-300_000, 300_000), random.int(-300_000, 300_000), options);
      assert.ok(onCanvas(next), `${name} ${handle} ${JSON.stringify(next)}`);
      const off = Math.abs(next.w * ratio[1] - next.h * ratio[0]) / ratio[0];
      assert.ok(off <= Math.max(1, ratio[1] / ratio[0]), `${name} ${handle} ${off}`);
    }
  }
});

test("a ratio is one of output pixels", () => {
  const box = g.resize(rect(0, 0, 100_000, 100_000), "se", 400_000, 0, { ratio: g.ratioOf("16:9", WIDE) });
  assert.deepEqual(box, rect(0, 0, 500_000, 500_000)); // the canvas is 16:9 itself

  const square = g.resize(rect(0, 0, 100_000, 100_000), "e", 80_000, 0, { ratio: g.ratioOf("1:1", WIDE) });
  assert.deepEqual([square.w, square.h, square.y], [180_000, 320_000, 0]); // 230.4 pixels each way
});

always("sizing from the centre leaves the centre, to a millionth", (random, name) => {
  const box = anyRect(random);
  const next = g.resize(box, random.pick(HANDLES), random.int(-UNIT, UNIT), random.int(-UNIT, UNIT), { centre: true });

  assert.ok(onCanvas(next), name);
  for (const [at, size] of [["x", "w"], ["y", "h"]]) {
    assert.ok(Math.abs(2 * next[at] + next[size] - 2 * box[at] - box[size]) <= 1, name);
  }
});

test("what was under 1 % may stay so, but gets no smaller", () => {
  const tiny = rect(500_000, 500_000, 4_000, 20_000);

  assert.deepEqual(g.resize(tiny, "se", -9_000, -90_000), rect(500_000, 500_000, 4_000, 10_000));
});

always("a scaled group fills its box, and edges that were shared still are", (random, name) => {
  const cut = random.int(10_000, 990_000);
  const [low, high] = [random.int(10_000, 990_000), random.int(10_000, 990_000)];
  const rects = [rect(0, 0, cut, low), rect(cut, 0, UNIT - cut, high), rect(0, low, cut, UNIT - low)];
  const to = anyRect(random);
  const [a, b, c] = g.scale(rects, g.bounds(rects), to);

  assert.deepEqual(g.bounds([a, b, c]), to, name);
  assert.equal(a.x + a.w, b.x, name);
  assert.equal(a.y + a.h, c.y, name);
});

always("scaling a group there and back from the start is exact", (random, name) => {
  const rects = some(random);
  const box = g.bounds(rects);

  assert.deepEqual(g.scale(rects, box, box), rects, name);
});

always("no member of a group falls under 1 %", (random, name) => {
  const rects = some(random, 4);
  const box = g.bounds(rects);
  const least = g.resize(box, "se", -UNIT, -UNIT, { min: g.leastBox(rects) });

  for (const r of g.scale(rects, box, least)) assert.ok(r.w >= g.MIN - 1 && r.h >= g.MIN - 1, `${name} ${r.w} ${r.h}`);
});

test("drawing starts anywhere and goes any way; under 1 % it is nothing", () => {
  assert.deepEqual(g.draw(100_000, 200_000, 300_000, 600_000), rect(100_000, 200_000, 200_000, 400_000));
  assert.deepEqual(g.draw(300_000, 600_000, 100_000, 200_000), rect(100_000, 200_000, 200_000, 400_000));
  assert.deepEqual(g.draw(900_000, 900_000, 2_000_000, 950_000), rect(900_000, 900_000, 100_000, 50_000));
  assert.deepEqual(g.draw(500_000, 500_000, 400_000, 450_000, { centre: true }), rect(400_000, 450_000, 200_000, 100_000));
  assert.equal(g.draw(0, 0, 9_999, 500_000), null);
});

test("hits go from the top down, hidden ones left out, and Alt-click walks through them", () => {
  const stack = [rect(0, 0, UNIT, UNIT), rect(0, 0, 500_000, 500_000), { ...rect(0, 0, UNIT, UNIT), hidden: true }, rect(0, 0, 500_001, 500_001)];

  assert.deepEqual(g.hits(stack, 500_000, 499_999), [3, 0]);
  const under = g.hits(stack, 0, 0);
  assert.deepEqual(under, [3, 1, 0]);
  assert.deepEqual([3, 1, 0, -1].map((index) => g.walk(under, index)), [1, 0, 3, 3]);
  assert.equal(g.walk([], 0), -1);
});

test("a marquee takes what it touches, not what it borders on", () => {
  const regions = [rect(0, 0, 100, 100), rect(100, 0, 100, 100), { ...rect(0, 0, 100, 100), hidden: true }];

  assert.deepEqual(g.inside(regions, rect(50, 50, 50, 50)), [0]);
  assert.deepEqual(g.inside(regions, rect(50, 50, 51, 1)), [0, 1]);
});

test("steps are 1 %, 5 %, one millionth, or whole output pixels that never drift", () => {
  assert.deepEqual(["1%", "5%", "1"].map((step) => g.delta(7, -2, step, 1920)), [-20_000, -100_000, -2]);
  let at = 1;
  for (let i = 0; i < 1919; i++) at += g.delta(at, 1, "px", 1920);
  assert.equal(at, 999_480); // pixel 1919 and the millionth it began with
  for (let i = 0; i < 1919; i++) at += g.delta(at, -1, "px", 1920);
  assert.equal(at, 1);
});

test("there is no pixel to step by while the canvas has no size", () => {
  assert.deepEqual([0, NaN, undefined].map((pixels) => g.delta(5, 1, "px", pixels)), [0, 0, 0]);
});

test("aligning is to the box's edges and middles", () => {
  const rects = [rect(10, 20, 30, 40), rect(100, 200, 50, 60)];
  const box = g.bounds(rects);
  const at = (how) => g.align(rects, how, box).map((r) => [r.x, r.y].join());

  assert.deepEqual(at("left"), ["10,20", "10,200"]);
  assert.deepEqual(at("right"), ["120,20", "100,200"]);
  assert.deepEqual(at("centre"), ["65,20", "55,200"]);
  assert.deepEqual(at("top"), ["10,20", "100,20"]);
  assert.deepEqual(at("middle"), ["10,120", "100,110"]);
  assert.deepEqual(at("bottom"), ["10,220", "100,200"]);
});

always("distributed gaps are equal to the millionth and the outermost stay", (random, name) => {
  const widths = Array.from({ length: 5 }, () => random.int(10_000, 90_000));
  const rects = widths.map((w, i) => rect(i * 200_000 + random.int(0, 50_000), 0, w, 10_000));
  const done = g.distribute([...rects].reverse(), "x", "gaps").reverse();

  assert.deepEqual([done[0], done[4]], [rects[0], rects[4]], name);
  const gaps = done.slice(1).map((r, i) => r.x - done[i].x - done[i].w);
  assert.ok(Math.max(...gaps) - Math.min(...gaps) <= 1, `${name} ${gaps}`);
});

test("distributed centres are equally far apart", () => {
  const rects = [rect(0, 0, 10, 100), rect(0, 300, 10, 20), rect(0, 900, 10, 100)];

  assert.deepEqual(g.distribute(rects, "y", "centres").map((r) => r.y), [0, 490, 900]);
  assert.equal(g.distribute(rects.slice(1), "y", "gaps")[0].y, 300);
});

test("same size keeps everything on the canvas; swapping exchanges places only", () => {
  const rects = [rect(0, 0, 600_000, 10_000), { ...rect(900_000, 990_000, 50_000, 10_000), uid: "7" }];
  const [, second] = g.sameSize(rects, "w", rects[0]);

  assert.deepEqual(second, { ...rect(400_000, 990_000, 600_000, 10_000), uid: "7" });
  assert.deepEqual(g.sameSize(rects, "h", rect(0, 0, 1, 20_000))[1], { ...rect(900_000, 980_000, 50_000, 20_000), uid: "7" });
  assert.deepEqual(g.swap(...rects), [rect(900_000, 990_000, 50_000, 10_000), { ...rects[0], uid: "7" }]);
});

test("tidy joins edges within half a percent and says what it changed", () => {
  const rects = [rect(0, 3_000, 501_000, 997_000), rect(499_000, 0, 501_000, UNIT), rect(0, 300_000, 499_000, 100_000)];
  const { rects: tidied, changes } = g.tidy(rects);

  assert.deepEqual(tidied, [rect(0, 0, 499_000, UNIT), rect(499_000, 0, 501_000, UNIT), rect(0, 300_000, 499_000, 100_000)]);
  assert.deepEqual(changes, [
    { index: 0, side: "right", from: 501_000, to: 499_000 },
    { index: 0, side: "top", from: 3_000, to: 0 },
  ]);
  assert.deepEqual(g.tidy(tidied), { rects: tidied, changes: [] });
});

test("tidy leaves locked regions, and others come to them", () => {
  const rects = [{ ...rect(103_000, 0, 400_000, UNIT), locked: true }, rect(100_000, 0, 300_000, UNIT), rect(100_000, 0, 300_000, UNIT)];

  assert.deepEqual(g.tidy(rects).rects.map((r) => r.x), [103_000, 103_000, 103_000]);
});

always("tidying moves no edge further than half a percent and leaves every region sound", (random, name) => {
  const rects = some(random, 8);
  const { rects: tidied, changes } = g.tidy(rects);

  assert.ok(tidied.every((r) => onCanvas(r) && r.w > 0 && r.h > 0), name);
  assert.ok(changes.every(({ from, to }) => from !== to && Math.abs(from - to) <= 5_000), name);
  if (!changes.length) assert.equal(tidied, rects);
});

test("raising and lowering keep the order of what is moved together", () => {
  const order = (indexes, to) => g.reorder([..."abcde"], indexes, to).join("");

  assert.deepEqual(["raise", "lower", "front", "back"].map((to) => order([1, 2], to)), ["adbce", "bcade", "adebc", "bcade"]);
  assert.equal(order([3, 4], "raise"), "abced".replace("ced", "cde")); // at the top already
  assert.equal(order([0, 2], "lower"), "acbde");
  assert.equal(g.shift([..."abcd"], 0, 2).join(""), "bcad");
});

test("a copy lies 2 % to the lower right, or where there is room", () => {
  assert.deepEqual(g.duplicateOf(rect(0, 0, 100_000, 100_000)), rect(20_000, 20_000, 100_000, 100_000));
  assert.deepEqual(g.duplicateOf(rect(900_000, 0, 100_000, 100_000)), rect(880_000, 20_000, 100_000, 100_000));
});
