import assert from "node:assert/strict";
import { test } from "node:test";

import { settle } from "../../static/js/settle.js";

const changes = (shown, next) => settle([...shown], [...next]).changes;

test("the same rows in the same order are no change", () => {
  assert.equal(changes("abc", "abc"), 0);
});

test("each row that comes or goes counts once", () => {
  assert.equal(changes("abc", "abcd"), 1);
  assert.equal(changes("abc", "ac"), 1);
  assert.equal(changes("abc", "acd"), 2);
});

test("a row that moves counts once, not with all that it passes", () => {
  assert.equal(changes("abcd", "dabc"), 1);
  assert.equal(changes("abcd", "bcda"), 1);
  assert.equal(changes("abcd", "dcba"), 3);
});

test("the rows on the page keep their order", () => {
  assert.deepEqual(settle(["a", "b"], ["c", "b"]).order, ["a", "b"]);
});

test("an empty page or answer is counted whole", () => {
  assert.equal(changes("", "abc"), 3);
  assert.equal(changes("abc", ""), 3);
});
