import assert from "node:assert/strict";
import { test } from "node:test";

import { match } from "../../static/js/match.js";

const PAGES = ["Sessions", "Start", "Recordings", "Layouts", "Storage", "Projects"];
const found = (typed, names = PAGES) => match(typed, names).map((index) => names[index]);

test("nothing typed shows every page in its order", () => {
  assert.deepEqual(found(""), PAGES);
  assert.deepEqual(found("  "), PAGES);
});

test("the beginning of a name comes before its middle", () => {
  assert.deepEqual(found("st"), ["Start", "Storage"]);
  assert.deepEqual(found("r"), ["Recordings", "Start", "Storage", "Projects"]);
});

test("the beginning of a word comes before the middle of one", () => {
  assert.deepEqual(found("hands", ["shorthands", "all-hands", "hands on"]), [
    "hands on",
    "all-hands",
    "shorthands",
  ]);
});

test("case does not matter, other scripts are found too", () => {
  assert.deepEqual(found("LAY"), ["Layouts"]);
  assert.deepEqual(found("布局", ["录制", "布局"]), ["布局"]);
});

test("what is nowhere is not found", () => {
  assert.deepEqual(found("zzz"), []);
});
