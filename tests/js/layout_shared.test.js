import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { check, covered, fromServer, isUid, isUrl, runs, together } from "../../static/js/layout/checks.js";
import { fromWire, toWire } from "../../static/js/layout/io.js";
import { blank, region, withRegions } from "../../static/js/layout/model.js";
import { asCustom, boxes, isDerived, place, sampleUsers } from "../../static/js/layout/predefined.js";

// What Python answers: tests/recorder/contract/test_layout_shared.py reads the same cases.
const shared = JSON.parse(readFileSync(new URL("layouts.json", import.meta.url)));

const regionOf = ([x, y, w, h, uid, alpha, mode]) => region({ x, y, w, h }, { uid, alpha, mode });
const rect = ([x, y, w, h]) => ({ x, y, w, h });

function docOf({ width, height, kind, maxUid, color, image, userImage, regions, backgrounds }) {
  const people = backgrounds.map(([uid, url, mode]) => ({ uid, url, mode, extra: {} }));
  return { ...blank({ width, height }), kind, maxUid, color, image, userImage, regions: regions.map(regionOf), backgrounds: people };
}

for (const found of shared.checks) {
  test(`the checks of "${found.name}" are the server's`, () => {
    const problems = check(docOf(found), shared.tables.words);

    assert.deepEqual(problems.map((p) => [p.rule, p.path, p.severity, p.values, p.message]), found.problems);
  });
}

test("users stand where the server puts them, to the millionth and to the even pixel", () => {
  for (const found of shared.placings) {
    const doc = docOf(found);
    const places = place(doc, found.users, shared.tables);
    const pixels = boxes(doc, found.users, shared.tables);

    assert.deepEqual(places.map(({ region: r, uid }) => [r.x, r.y, uid]), found.filled);
    assert.deepEqual(
      pixels.map((b) => [b.uid, b.x, b.y, b.width, b.height, b.alpha, b.mode, b.index]),
      found.boxes,
    );
  }
});

test("addresses are what they are to the server", () => {
  for (const [url, fine] of shared.urls) assert.equal(isUrl(url), fine, url);
});

test("uids are what they are to the server", () => {
  for (const [uid, fine] of shared.uids) assert.equal(isUid(uid), fine, uid);
});

test("a covered share is exact", () => {
  for (const found of shared.covers) {
    assert.equal(covered(rect(found.region), found.others.map(rect)), found.covered);
  }
});

test("a layout goes to the wire as the server writes it, and comes back", () => {
  for (const found of shared.wires) {
    const doc = docOf(found);

    assert.equal(JSON.stringify(toWire(doc)), JSON.stringify(found.wire));
    const read = fromWire(found.wire, doc);
    assert.deepEqual(read.unknown.concat(read.rounded), []);
    assert.deepEqual(toWire(read.doc), toWire(doc));
  }
});

test("the page says what of a predefined layout is derived", () => {
  const derived = (kind, n, maxUid = "") =>
    isDerived({ ...blank(), kind, maxUid }, Array.from({ length: n }, (_, i) => String(i + 1)), shared.tables);

  assert.deepEqual([0, 1, 3].map((kind) => derived(kind, 17)), [false, false, false]);
  assert.deepEqual([1, 2, 16, 17].map((n) => derived(1, n)), [false, true, true, false]);
  assert.deepEqual([derived(2, 5, "1"), derived(2, 5, "99"), derived(2, 5)], [false, true, true]);
});

test("a kind that nobody knows is drawn as nothing, and told by the checks", () => {
  const doc = { ...blank(), kind: 9 };

  assert.deepEqual([place(doc, ["1"], shared.tables), isDerived(doc, ["1"], shared.tables)], [[], false]);
  assert.deepEqual(check(doc, shared.tables.words).map((p) => p.rule), ["layout.kind"]);
});

test("a predefined layout becomes a custom one that looks the same", () => {
  const users = ["1", "2", "3"];
  for (const kind of [0, 1, 2]) {
    const doc = { ...blank(), kind, maxUid: kind === 2 ? "2" : "" };
    const custom = asCustom(doc, users, shared.tables);

    assert.deepEqual([custom.kind, custom.maxUid], [3, ""]);
    assert.deepEqual(boxes(custom, users, shared.tables), boxes(doc, users, shared.tables));
  }
});

test("sample users include whom a region or the large window waits for", () => {
  const doc = { ...blank(), regions: ["", "2", "", "9"].map((uid) => region({ x: 0, y: 0, w: 1, h: 1 }, { uid })) };

  assert.deepEqual(sampleUsers(doc, 6), ["1", "2", "3", "9", "4", "5"]);
  assert.deepEqual(sampleUsers({ ...doc, kind: 2, maxUid: "1" }, 3), ["1", "2", "3"]);
  assert.equal(sampleUsers(doc, 17).length, 17);
  assert.deepEqual(sampleUsers(doc, 2, ["101", "3"]), ["101", "3"], "who is really there comes first");
  assert.equal(new Set(sampleUsers(doc, 17, ["101", "3"])).size, 17);
});

test("a problem says which region and field it is about, the server's too", () => {
  const doc = withRegions({ ...blank(), backgrounds: [{ uid: "1" }, { uid: "9" }] }, [region({}), region({ uid: "9" })]);
  const at = (path) => fromServer([{ rule: "r", path, message: "No." }], doc)[0];

  assert.deepEqual(
    ["layoutConfig.2.width", "layoutConfig.0", "layoutConfig", "backgroundConfig.0.image_url", "backgroundConfig.1.image_url", "width"].map((path) => [
      at(path).region, at(path).field,
    ]),
    [[2, "w"], [0, ""], [null, "layoutConfig"], [null, "image"], [1, "image"], [null, "width"]],
  );
});

test("equal remarks about several regions are one, with the regions in short", () => {
  const doc = withRegions(blank(), [1, 2, 3, 5].map((n) => region({ x: n * 100_000, y: 0, w: 50_000, h: 50_000, uid: n === 5 ? "7" : "" })));
  const words = { "layout.small": "small" };
  const small = together(check(doc, words)).filter(([problem]) => problem.rule === "layout.small");

  assert.deepEqual(small.map((same) => same.length), [4]);
  assert.equal(runs([1, 2, 3, 5]), "1–3, 5");
  assert.equal(runs([4]), "4");
});
