import assert from "node:assert/strict";
import { test } from "node:test";

import { covered } from "../../static/js/layout/checks.js";
import { UNIT } from "../../static/js/layout/geometry.js";
import { PRESETS, preset } from "../../static/js/layout/presets.js";

const WIDE = { width: 1280, height: 720 };
const TALL = { width: 720, height: 1280 };
const SIDES = ["left", "right", "top", "bottom"];
const CORNERS = ["nw", "ne", "sw", "se"];
const EVERYBODY = Array.from({ length: 17 }, (_, i) => i + 1);
const ALL = { x: 0, y: 0, w: UNIT, h: UNIT };

/** Every arrangement of every kind, with a name for what fails. */
function* every(more = [{}]) {
  for (const kind of PRESETS)
    for (const size of [WIDE, TALL])
      for (const n of EVERYBODY)
        for (const order of ["rows", "columns"])
          for (const [i, side] of SIDES.entries())
            for (const extra of more) {
              const options = { n, ...size, order, side, corner: CORNERS[i], ...extra };
              yield [preset(kind, options), kind, options, `${kind} ${JSON.stringify(options)}`];
            }
}

const area = (r) => r.w * r.h;
const overlaps = (rects) => rects.some((r, i) => covered(r, rects.slice(i + 1)));

test("without gap and margin the tiles meet exactly and fill the canvas, for 1 to 17 users", () => {
  for (const [rects, kind, , name] of every()) {
    if (kind === "pip") continue;
    assert.equal(rects.reduce((sum, r) => sum + area(r), 0), UNIT * UNIT, name);
    assert.equal(covered(ALL, rects), UNIT * UNIT, name);
  }
});

test("every arrangement has n regions of whole millionths on the canvas, none over another", () => {
  const more = [{}, { gap: 12, margin: 30 }, { ratio: "16:9", last: "centre" }, { ratio: "1:1", last: "start", gap: 7 }, { gap: 100, margin: 400 }];
  for (const [rects, kind, { n }, name] of every(more)) {
    assert.equal(rects.length, n, name);
    for (const r of rects) {
      assert.ok([r.x, r.y, r.w, r.h].every(Number.isSafeInteger), name);
      assert.ok(r.x >= 0 && r.y >= 0 && r.w > 0 && r.h > 0 && r.x + r.w <= UNIT && r.y + r.h <= UNIT, `${name} ${JSON.stringify(r)}`);
    }
    assert.equal(overlaps(kind === "pip" ? rects.slice(1) : rects), false, name);
  }
});

test("the edges of a grid are round(i * UNIT / n)", () => {
  const rects = preset("grid", { n: 9, ...WIDE });

  assert.deepEqual(rects.slice(0, 3).map((r) => [r.x, r.x + r.w]), [[0, 333_333], [333_333, 666_667], [666_667, UNIT]]);
  assert.deepEqual(rects.map((r) => r.y).filter((y, i) => i % 3 === 0), [0, 333_333, 666_667]);
});

test("a grid chooses its columns for the picture it has", () => {
  const columns = (n, size) => new Set(preset("grid", { n, ...size, last: "start" }).map((r) => r.x)).size;

  assert.deepEqual([1, 2, 4, 6, 9, 12, 17].map((n) => columns(n, WIDE)), [1, 2, 2, 3, 3, 4, 5]);
  assert.deepEqual([2, 4, 6].map((n) => columns(n, TALL)), [1, 1, 2]);
});

test("stretched rows share the users evenly", () => {
  const counts = (n) => {
    const found = new Map();
    for (const { y } of preset("grid", { n, ...WIDE })) found.set(y, (found.get(y) ?? 0) + 1);
    return [...found.values()];
  };

  assert.deepEqual([7, 8, 10, 17].map(counts), [[3, 2, 2], [3, 3, 2], [4, 3, 3], [5, 4, 4, 4]]);
});

test("an unfilled last row is stretched, centred, or left as it is", () => {
  const row = (last) => preset("grid", { n: 5, ...WIDE, last }).slice(3).map((r) => [r.x, r.w]);

  assert.deepEqual(row("stretch"), [[0, 500_000], [500_000, 500_000]]);
  assert.deepEqual(row("start"), [[0, 333_333], [333_333, 333_334]]);
  assert.deepEqual(row("centre"), [[166_666, 333_333], [499_999, 333_334]]);
});

test("columns fill from the top down", () => {
  const at = preset("grid", { n: 4, ...WIDE, order: "columns" }).map((r) => [r.x, r.y]);

  assert.deepEqual(at, [[0, 0], [0, 500_000], [500_000, 0], [500_000, 500_000]]);
});

test("the strip beside the spotlight lies on the chosen side", () => {
  const strip = (side) => preset("spotlight", { n: 5, ...WIDE, side })[1];

  assert.equal(strip("left").x, 0);
  assert.equal(strip("right").x + strip("right").w, UNIT);
  assert.equal(strip("top").y, 0);
  assert.equal(strip("bottom").y + strip("bottom").h, UNIT);
});

test("small pictures grow out of the chosen corner over a full one", () => {
  const [full, small] = preset("pip", { n: 2, ...WIDE, corner: "nw" });

  assert.deepEqual({ ...full, mode: 0 }, { ...ALL, mode: 0 });
  assert.deepEqual([small.x, small.y], [24_000, 24_000]);
  const corner = preset("pip", { n: 2, ...WIDE, corner: "se" })[1];
  assert.deepEqual([corner.x + corner.w, corner.y + corner.h], [976_000, 976_000]);
});

test("slides are shown whole, people are cropped", () => {
  assert.deepEqual(preset("presenter", { n: 3, ...WIDE }).map((r) => r.mode), [1, 0, 0]);
  assert.deepEqual(preset("spotlight", { n: 3, ...WIDE }).map((r) => r.mode), [0, 0, 0]);
});

test("gap and margin are output pixels, the same across and down", () => {
  const [a, b, c] = preset("grid", { n: 4, ...WIDE, gap: 16, margin: 32 });

  assert.deepEqual([a.x * 1280, a.y * 720].map((at) => Math.round(at / UNIT)), [32, 32]);
  assert.deepEqual([(b.x - a.x - a.w) * 1280, (c.y - a.y - a.h) * 720].map((gap) => Math.round(gap / UNIT)), [16, 16]);
});

test("cells of a ratio have it in output pixels", () => {
  for (const r of preset("grid", { n: 7, ...WIDE, ratio: "1:1" })) {
    assert.ok(Math.abs(r.w * 1280 - r.h * 720) <= 1280, JSON.stringify(r));
  }
});
