import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { duration, relative } from "../../static/js/time.js";

// The server's words: tests/dashboard/test_times.py reads the same cases.
const cases = JSON.parse(readFileSync(new URL("times.json", import.meta.url)));

test("relative times are the server's words", () => {
  for (const [seconds, words] of cases.relative) assert.equal(relative(seconds), words);
});

test("durations are the server's words", () => {
  for (const [seconds, words] of cases.duration) assert.equal(duration(seconds), words);
});

test("fractions of a second do not show", () => {
  assert.equal(relative(59.9), "59 s ago");
  assert.equal(duration(59.9), "0:59");
});
