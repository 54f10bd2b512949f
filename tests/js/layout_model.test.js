import assert from "node:assert/strict";
import { test } from "node:test";

import { run } from "../../static/js/layout/commands.js";
import { UNIT, move } from "../../static/js/layout/geometry.js";
import { Model, blank, region, withRegions } from "../../static/js/layout/model.js";
import { anyRect, seeded } from "./seeded.js";

const RECT = { x: 100_000, y: 100_000, w: 200_000, h: 200_000 };
const model = (count = 3, fields = {}) => {
  const regions = Array.from({ length: count }, (_, i) => region({ ...RECT, x: i * 50_000 }, fields));
  return new Model(withRegions(blank(), regions));
};
const all = (m) => (m.selectAll(), m);
const xs = (m) => m.doc.regions.map((r) => r.x);

/** One random edit of every kind that keys, menu and pointer can make. */
function edit(m, random, now) {
  const { int, pick, chance } = random;
  m.select(m.doc.regions.filter(() => chance(0.4)).map((r) => r.id));
  const options = {
    dx: int(-1, 1), dy: int(-1, 1), step: pick(["1%", "5%", "1", "px"]), at: now, how: pick(["left", "centre", "right", "top", "middle", "bottom"]),
    to: pick(["selection", "canvas"]), axis: pick(["x", "y"]), by: pick(["gaps", "centres"]), what: pick(["w", "h", "both"]),
  };
  const verb = pick([
    "nudge", "nudge", "grow", "add", "duplicate", "remove", "align", "distribute", "same", "swap", "tidy", "raise", "lower", "front", "back",
    "mode", "lock", "hide", "reorder", "set", "picture", "preset", "paste", "gesture", "cancelled",
  ]);
  if (verb === "add") options.rect = anyRect(random);
  if (verb === "paste") options.regions = [anyRect(random)];
  if (verb === "preset") options.regions = Array.from({ length: int(1, 5) }, () => anyRect(random));
  if (verb === "set") Object.assign(options, pick([{ field: "alpha", value: int(0, UNIT) }, { field: "uid", value: String(int(1, 99)) }]));
  if (verb === "picture") Object.assign(options, pick([{ field: "color", value: "#102030" }, { field: "width", value: int(1, 1920) }]));
  if (verb === "reorder") Object.assign(options, { from: 0, to: m.doc.regions.length - 1 });
  if (verb === "reorder" && !m.doc.regions.length) return;
  if (verb !== "gesture" && verb !== "cancelled") return void run(m, verb, options);
  m.begin("Drag");
  for (let i = 0; i < 3; i++) m.update(withRegions(m.doc, m.doc.regions.map((r) => move([r], int(-9, 9), int(-9, 9))[0])));
  verb === "gesture" ? m.commit() : m.cancel();
}

test("ten thousand random edits and undos return exactly to the start", () => {
  const random = seeded(7);
  const m = model(4);
  const start = structuredClone(m.doc);
  const [doc, now] = [m.doc, { at: 0 }];

  for (let i = 0; i < 10_000; i++) {
    now.at += random.int(1, 900);
    if (random.chance(0.3)) random.chance(0.7) ? m.undo() : m.redo();
    else edit(m, random, now.at);
  }
  const [end, position] = [m.doc, m.position];
  while (m.canUndo) m.undo();

  assert.ok(position > 1000, `only ${position} steps`);
  assert.equal(m.doc, doc);
  assert.deepEqual(m.doc, start);
  assert.equal(m.dirty, false);
  m.go(position);
  assert.equal(m.doc, end);
});

test("every region stays on the canvas through random keys", () => {
  const random = seeded(3);
  const m = model(4);

  for (let i = 0; i < 3000; i++) {
    edit(m, random, i);
    for (const r of m.doc.regions) {
      assert.ok(r.x >= 0 && r.y >= 0 && r.w >= 1 && r.h >= 1 && r.x + r.w <= UNIT && r.y + r.h <= UNIT, JSON.stringify(r));
      assert.ok([r.x, r.y, r.w, r.h].every(Number.isSafeInteger));
    }
    assert.ok(m.doc.regions.length <= 17);
  }
});

test("a step has a name, and undo says which one it took back", () => {
  const m = model();
  m.select([m.doc.regions[2].id]);
  run(m, "nudge", { dx: 1, dy: 0, step: "1%", at: 0 });
  run(all(m), "lock");

  assert.deepEqual(m.history, ["Move region 3", "Lock or unlock 3 regions"]);
  assert.equal(m.undo(), "Lock or unlock 3 regions");
  assert.equal(m.undo(), "Move region 3");
  assert.equal(m.undo(), "");
  assert.equal(m.redo(), "Move region 3");
});

test("nudges within 600 ms are one step, a later one or another selection is not", () => {
  const m = model();
  const nudge = (at) => run(m, "nudge", { dx: 1, dy: 0, step: "1%", at });
  m.select([m.doc.regions[0].id]);
  nudge(0), nudge(600), nudge(1200), nudge(1801);
  m.select([m.doc.regions[1].id]);
  nudge(1900);

  assert.equal(m.history.length, 3);
  assert.deepEqual(xs(m), [40_000, 60_000, 100_000]);
  m.undo(), m.undo();
  assert.deepEqual(xs(m), [30_000, 50_000, 100_000]);
  m.undo();
  assert.deepEqual(xs(m), [0, 50_000, 100_000]);
});

test("a nudge after saving or undoing begins a step of its own", () => {
  const m = model(1);
  const nudge = (at) => run(all(m), "nudge", { dx: 1, dy: 0, step: "1", at });
  nudge(0);
  m.saved();
  nudge(10);
  m.undo();

  assert.equal(m.dirty, false);
  nudge(20);
  assert.equal(m.history.length, 2);
});

test("a gesture is one step; cancelled it leaves the document as it was, to the object", () => {
  const m = model();
  const before = m.doc;
  const seen = [];
  m.onchange = (_, what) => seen.push(what);
  all(m).begin("Move 3 regions");
  m.update(withRegions(m.doc, move(m.doc.regions, 5, 5)));
  m.update(withRegions(m.doc, move(m.doc.regions, 5, 5)));

  m.cancel();
  assert.equal(m.doc, before);
  assert.deepEqual(m.history, []);
  m.begin("Move 3 regions");
  m.update(withRegions(m.doc, move(m.doc.regions, 7, 0)));
  m.commit();
  assert.deepEqual(m.history, ["Move 3 regions"]);
  assert.deepEqual(seen, ["selection", "preview", "preview", "doc", "preview", "doc"]);
  m.undo();
  assert.equal(m.doc, before);
});

test("a gesture that a command or an undo has ended changes nothing any more", () => {
  for (const [end, names] of [
    [(m) => run(m, "remove"), ["Remove 3 regions"]],
    [(m) => m.undo(), []],
  ]) {
    const m = model();
    all(m).begin("Move 3 regions");
    const moved = withRegions(m.doc, move(m.doc.regions, 5, 5));
    m.update(moved);
    end(m);
    const { doc } = m;

    m.update(moved);
    m.commit();

    assert.equal(m.doc, doc);
    assert.deepEqual(m.history, names);
  }
});

test("a gesture that ends where it began is no step", () => {
  const m = model();
  m.begin("Move");
  m.update(withRegions(m.doc, move(m.doc.regions, 9, 0)));
  m.update(withRegions(m.doc, move(m.doc.regions, -9, 0)));
  m.commit();

  assert.deepEqual([m.history, m.active, m.dirty], [[], "", false]);
});

test("undo during a drag ends the drag first", () => {
  const m = model(1);
  run(all(m), "nudge", { dx: 1, dy: 0, step: "5%", at: 0 });
  m.begin("Move");
  m.update(withRegions(m.doc, move(m.doc.regions, 9, 0)));
  m.undo();

  assert.deepEqual([xs(m), m.active], [[0], ""]);
});

test("saving marks the document clean and keeps the history", () => {
  const m = model();
  run(all(m), "nudge", { dx: 1, dy: 1, step: "1%", at: 0 });
  assert.equal(m.dirty, true);
  m.saved();

  assert.deepEqual([m.dirty, m.canUndo], [false, true]);
  m.undo();
  assert.equal(m.dirty, true);
  m.redo();
  assert.equal(m.dirty, false);
});

test("an edit undone by hand is clean; locks and eyes are not part of what is saved", () => {
  const m = model(1);
  run(all(m), "nudge", { dx: 1, dy: 0, step: "1", at: 0 });
  run(m, "nudge", { dx: -1, dy: 0, step: "1", at: 9000 });
  run(m, "lock"), run(m, "hide");

  assert.deepEqual([m.dirty, m.history.length], [false, 4]);
});

test("going to a place in the history is as many undos and redos", () => {
  const m = model(1);
  for (const at of [0, 1000, 2000]) run(all(m), "nudge", { dx: 1, dy: 0, step: "1%", at });
  m.go(1);

  assert.deepEqual([xs(m), m.position, m.canUndo, m.canRedo], [[10_000], 1, true, true]);
  m.go(0);
  assert.deepEqual(xs(m), [0]);
  m.go(9);
  assert.deepEqual(xs(m), [0]);
  run(m, "nudge", { dx: -1, dy: 0, step: "1%", at: 3000 });
  assert.equal(m.history.length, 3); // at the edge already: nothing moved, nothing forgotten
});

test("N, P, Home and End walk through all regions, around", () => {
  const m = model();
  const at = (to) => (m.step(to), m.indexes[0]);

  assert.deepEqual([1, 1, 1, 1, -1, "first", "last", -1].map(at), [0, 1, 2, 0, 2, 0, 2, 1]);
  m.select([]);
  assert.equal(at(-1), 2);
  new Model(blank()).step(1);
});

test("an undone removal gives back the region and its selection", () => {
  const m = model();
  const [, second] = m.doc.regions;
  m.select([second.id]);
  run(m, "remove");

  assert.deepEqual([m.doc.regions.length, m.selection], [2, []]);
  m.undo();
  assert.deepEqual([m.doc.regions[1], m.selection], [second, [second.id]]);
});

test("locked regions keep their place and are not removed", () => {
  const m = all(model(2, { locked: true }));
  for (const command of ["nudge", "grow", "remove", "align", "distribute", "swap", "same"]) {
    assert.equal(run(m, command, { dx: 1, dy: 1, step: "1%", how: "right", to: "canvas", axis: "x", what: "w" }), false, command);
  }
  assert.equal(run(m, "lock"), true);
  assert.equal(run(m, "nudge", { dx: 1, dy: 1, step: "1%" }), true);
});

test("there are never more than 17 regions, and a copy has no uid", () => {
  const m = all(model(9, { uid: "5" }));
  run(m, "duplicate");
  assert.equal(m.doc.regions.length, 17);
  assert.deepEqual(m.selected.map((r) => r.x), Array.from({ length: 8 }, (_, i) => i * 50_000 + 20_000));
  assert.deepEqual(m.selected.map((r) => r.uid), Array(8).fill(""));
  assert.equal(run(m, "add"), false);
});

test("a pasted region gives up a uid that is taken", () => {
  const m = model(1, { uid: "5" });
  run(m, "paste", { regions: [{ ...RECT, uid: "5" }, { ...RECT, uid: "6" }, { ...RECT, uid: "6" }] });

  assert.deepEqual(m.doc.regions.map((r) => r.uid), ["5", "", "6", ""]);
});

test("a command that changes nothing makes no step", () => {
  const m = all(model(1));
  for (const [command, options] of [["set", { field: "alpha", value: UNIT }], ["raise", {}], ["tidy", {}], ["mode", { mode: 0 }], ["picture", { field: "color", value: "#000000" }]]) {
    assert.equal(run(m, command, options), false, command);
  }
  assert.deepEqual(m.history, []);
});
