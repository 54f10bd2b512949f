import assert from "node:assert/strict";
import { test } from "node:test";

import * as io from "../../static/js/layout/io.js";
import { UNIT } from "../../static/js/layout/geometry.js";
import { blank, region, withRegions } from "../../static/js/layout/model.js";
import { seeded } from "./seeded.js";

const HALF = { x: 0, y: 0, w: 500_000, h: UNIT };
const duo = () => withRegions(blank(), [region(HALF, { uid: "7", mode: 1 }), region({ ...HALF, x: 500_000 }, { alpha: 900_000 })]);
const WIRE = { mixedVideoLayout: 3, layoutConfig: [{ x_axis: 0, y_axis: 0, width: 0.5, height: 1 }] };
const read = (value, base = blank()) => io.read(typeof value === "string" ? value : JSON.stringify(value, null, 2), base);
const plain = (regions) => regions.map(({ id, ...rest }) => rest);

test("the panel's text reads back as the same document, ids, locks and eyes included", () => {
  const doc = duo();
  doc.regions[0].locked = true;
  const found = read(io.toText(doc), doc);

  assert.equal(found.doc, doc); // the very same, so that it is no step of the history
  assert.deepEqual([found.source, found.unknown, found.rounded], ["layout", [], []]);
});

test("every form of a layout is read", () => {
  const doc = duo();
  const from = (text) => read(text, blank({ width: 10, height: 20 }));
  const start = from(io.startFragment(doc, { fps: 30, bitrate: 800 }));
  const file = from(io.shareFile(doc, "Duo"));

  assert.deepEqual([io.updateBody(doc), io.copyText(doc.regions), io.toText(doc)].map((text) => from(text).source), ["updateLayout", "array", "layout"]);
  for (const text of [io.updateBody(doc), io.copyText(doc.regions), io.toText(doc), io.startFragment(doc), io.shareFile(doc, "Duo")]) {
    assert.deepEqual(plain(from(text).doc.regions), plain(doc.regions));
    assert.equal(from(text).doc.kind, 3);
  }
  assert.deepEqual([start.source, start.doc.width, start.doc.height, start.unknown], ["start", 1280, 720, []]);
  assert.deepEqual(JSON.parse(io.startFragment(start.doc)).recordingConfig.transcodingConfig, JSON.parse(io.startFragment(doc, { fps: 30, bitrate: 800 })).recordingConfig.transcodingConfig);
  assert.equal("fps" in io.toWire(start.doc), false);
  assert.deepEqual([file.source, file.name, file.doc.width, file.doc.height], ["file", "Duo", 1280, 720]);
});

test("a whole start body is read without what is secret in it", () => {
  const body = {
    cname: "c", uid: "1",
    clientRequest: { token: "t", storageConfig: { secretKey: "s" }, recordingConfig: { transcodingConfig: { width: 640, height: 360, fps: 15, bitrate: 500, ...WIRE } } },
  };
  const found = read(body);

  assert.deepEqual([found.source, found.doc.width, found.doc.regions.length, found.unknown], ["start", 640, 1, []]);
  assert.deepEqual(found.doc.extra, { fps: 15, bitrate: 500 });
});

test("unknown keys are reported with their places and kept", () => {
  const wire = {
    ...WIRE, future: { a: 1 }, layoutConfig: [{ ...WIRE.layoutConfig[0], z_order: 3, __proto__: null }],
    backgroundConfig: [{ uid: "1", image_url: "https://e.com/a", fade: true }],
  };
  const found = read({ cname: "c", uid: "1", clientRequest: wire });

  assert.deepEqual(found.unknown, ["clientRequest.layoutConfig.0.z_order", "clientRequest.backgroundConfig.0.fade", "clientRequest.future"]);
  const back = io.toWire(found.doc);
  assert.deepEqual([back.future, back.layoutConfig[0].z_order, back.backgroundConfig[0].fade], [{ a: 1 }, 3, true]);
});

test("a key named __proto__ is a key like others", () => {
  const found = read('{"mixedVideoLayout": 0, "__proto__": {"kind": 9}}');

  assert.deepEqual([found.doc.kind, found.unknown], [0, ["__proto__"]]);
});

test("numbers of more than six decimals are rounded and listed as they were written", () => {
  const found = read('[{"x_axis": 0.33333333333, "y_axis": 1e-7, "width": 0.30000000000000004, "height": 5e-1}]');

  assert.deepEqual(found.rounded, [
    { path: "0.x_axis", from: "0.33333333333", to: "0.333333" },
    { path: "0.y_axis", from: "1e-7", to: "0.000000" },
  ]);
  assert.deepEqual(plain(found.doc.regions)[0].w, 300_000);
});

test("a uid written as a number becomes a text, and that is listed", () => {
  const found = read('[{"x_axis": 0, "y_axis": 0, "width": 1, "height": 1, "uid": 10023}]');

  assert.equal(found.doc.regions[0].uid, "10023");
  assert.deepEqual(found.rounded, [{ path: "0.uid", from: "10023", to: '"10023"' }]);
});

for (const [name, text, error, line, column, path] of [
  ["a missing bracket", '{"mixedVideoLayout": 3,\n "layoutConfig": [', "syntax", 2, 19, ""],
  ["a comma at the end", '{"a": [1,\n 2,]}', "syntax", 2, 4, ""],
  ["NaN", '[{"x_axis":\n  NaN}]', "syntax", 2, 3, ""],
  ["a decimal comma", '[{"x_axis": 0,5}]', "syntax", 1, 15, ""],
  ["a leading nought", '{"a": 01}', "syntax", 1, 7, ""],
  ["a bad escape", '{"a": "\\x"}', "syntax", 1, 7, ""],
  ["something behind it", "{}\n{}", "syntax", 2, 1, ""],
  ["nothing", "", "syntax", 1, 1, ""],
  ["1e309", '[{"x_axis":\n 1e309}]', "number", 2, 2, "0.x_axis"],
  ["a text for a number", '[{"x_axis": "0.5"}]', "value", 1, 13, "0.x_axis"],
  ["a missing number", '[{"x_axis": 0}]', "value", 1, 2, "0.y_axis"],
  ["a number for an object", '{"layoutConfig": [\n7]}', "value", 2, 1, "layoutConfig.0"],
  ["an object for a list", '{"layoutConfig": {}}', "value", 1, 18, "layoutConfig"],
  ["a width that is a text in a file of ours", '{"format": "reelroom-layout", "width": "9", "layout": {"mixedVideoLayout": 1}}', "value", 1, 40, "width"],
  ["a file of ours without a layout", '{"format": "reelroom-layout"}', "shape", 1, 1, ""],
  ["another object", '{"cname": "x"}', "shape", 1, 1, ""],
  ["a text", '"layout"', "shape", 1, 1, ""],
  ["null", "null", "shape", 1, 1, ""],
]) {
  test(`${name} in the JSON is told with line and column`, () => {
    const base = duo();
    const before = structuredClone(base);

    assert.deepEqual(io.read(text, base), { error, path, line, column });
    assert.deepEqual(base, before);
    assert.ok(io.READ_WORDS[error]);
  });
}

test("ten megabytes, deep nesting and thousands of entries are refused at once", () => {
  const many = JSON.stringify(Array(201).fill(WIRE.layoutConfig[0]));

  assert.equal(io.read("[".repeat(10_000_000), blank()).error, "large");
  assert.equal(io.read("[".repeat(100_000), blank()).error, "syntax");
  assert.equal(io.read(`"${"a".repeat(900_000)}`, blank()).error, "syntax");
  assert.equal(io.read(many, blank()).error, "many");
});

test("eighteen regions and lengths off the canvas are kept for the checks to name", () => {
  const found = read(Array(18).fill({ x_axis: 0.5, y_axis: -0.5, width: 0.500001, height: 1 }));

  assert.deepEqual([found.doc.regions.length, found.doc.regions[0].y, found.doc.regions[0].w], [18, -500_000, 500_001]);
});

test("nulls and what is absent take the service's defaults", () => {
  const found = read({ mixedVideoLayout: 1, backgroundColor: null, layoutConfig: null }, { ...duo(), color: "#112233", image: "https://e.com/a" });

  assert.deepEqual([found.doc.kind, found.doc.color, found.doc.image, found.doc.regions.length], [1, "#000000", "", 2]);
});

test("lines lead to regions and regions to lines", () => {
  const text = io.toText(duo());
  const { regions } = read(text);

  assert.deepEqual(regions.map(({ line, endLine }) => [line, endLine]), [[5, 13], [14, 21]]);
  assert.deepEqual([4, 5, 13, 14, 21, 22].map((line) => io.regionAt(regions, line)), [-1, 0, 0, 1, 1, -1]);
  assert.deepEqual(JSON.parse(text.slice(regions[1].start, regions[1].end)).alpha, 0.9);
});

test("every count of millionths goes to the wire and back unchanged, in six decimals", () => {
  const random = seeded(4);
  const regions = Array.from({ length: 17 }, () => region({ x: random.int(0, UNIT), y: random.int(0, 99), w: random.int(1, UNIT), h: random.int(1, UNIT) }, { alpha: random.int(0, UNIT) }));
  const text = io.toText(withRegions(blank(), regions));

  assert.deepEqual(plain(read(text).doc.regions), plain(regions));
  for (const [, digits] of text.matchAll(/\d\.(\d+)/g)) assert.ok(digits.length <= 6);
  assert.doesNotMatch(text, /\de-/);
});

test("the curl call names no account, and its body survives the shell", () => {
  const doc = { ...duo(), extra: { note: "it's" } };
  const call = io.curl(doc);

  assert.match(call, /-u "\$CUSTOMER_ID:\$CUSTOMER_SECRET"/);
  assert.match(call, /it'\\''s/);
  assert.doesNotMatch(call, /https?:/);
});

test("regions travel over the clipboard; what is no layout is no paste", () => {
  const doc = duo();

  assert.deepEqual(plain(io.pasteRegions(io.copyText(doc.regions))), plain(doc.regions));
  assert.equal(io.pasteRegions("Hello"), null);
  assert.equal(io.pasteRegions("{}"), null);
});
