import assert from "node:assert/strict";
import { test } from "node:test";

import { linkedTime, press } from "../../static/js/player/keys.js";

const state = { time: 20, duration: 60, paused: false };

test("K and Space pause what plays and play what is paused", () => {
  assert.deepEqual(press("k", state), { paused: true });
  assert.deepEqual(press(" ", { ...state, paused: true }), { paused: false });
});

test("J and L jump ten seconds, arrows five, and never beyond either end", () => {
  assert.deepEqual(press("j", state), { time: 10 });
  assert.deepEqual(press("L", state), { time: 30 });
  assert.deepEqual(press("ArrowLeft", { ...state, time: 2 }), { time: 0 });
  assert.deepEqual(press("ArrowRight", { ...state, time: 58 }), { time: 60 });
});

test("a live recording without a known end can be jumped in", () => {
  assert.deepEqual(press("l", { ...state, duration: Infinity }), { time: 30 });
});

test("< and > pause and step one picture", () => {
  const step = press(">", state);

  assert.equal(step.paused, true);
  assert.ok(step.time > 20 && step.time < 20.1);
  assert.ok(press("<", state).time < 20);
});

test("other keys are not the player's", () => {
  assert.equal(press("x", state), null);
  assert.equal(press("Tab", state), null);
});

test("a time link names seconds, and nonsense means the beginning", () => {
  assert.equal(linkedTime("?t=83.5"), 83.5);
  for (const search of ["", "?t=", "?t=-3", "?t=1e999", "?t=soon"]) assert.equal(linkedTime(search), 0);
});
