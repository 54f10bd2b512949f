import assert from "node:assert/strict";
import { test } from "node:test";

import { FIELD_WORDS, parse, show, six } from "../../static/js/layout/fields.js";
import { UNIT } from "../../static/js/layout/geometry.js";
import { seeded } from "./seeded.js";

for (const [typed, value, rounded] of [
  ["0.333333", 333_333], ["1", UNIT], ["0", 0], [".5", 500_000], ["1.", UNIT], [" 0.5 ", 500_000], ["50%", 500_000], ["33.3333 %", 333_333],
  ["0.0001%", 1], ["1/3", 333_333, true], ["2/3", 666_667, true], ["1/8", 125_000], ["640px", 333_333, true], ["960 px", 500_000], ["0.5px", 260, true],
  ["1920px", UNIT], ["0.1234565", 123_457, true], ["0.99999999", UNIT, true], ["100.000%", UNIT], ["５０％", 500_000], ["-0", 0],
]) {
  test(`a field takes ${typed} as ${value} millionths`, () => {
    assert.deepEqual(parse(typed, 1920), rounded ? { value, rounded } : { value });
  });
}

for (const [typed, error] of [
  ["", "empty"], ["  ", "empty"], ["NaN", "number"], ["1e309", "number"], ["1e-1", "number"], ["Infinity", "number"], ["0,5", "comma"], ["0，5", "comma"], ["50,5%", "comma"],
  ["1/0", "number"], ["1/2/3", "number"], ["0x10", "number"], ["--1", "number"], [".", "number"], ["%", "number"], ["1 2", "number"], ["5em", "number"],
  ["9".repeat(400), "number"], ["1.000001", "range"], ["-0.1", "range"], ["101%", "range"], ["1921px", "range"], ["3/2", "range"],
]) {
  test(`a field refuses "${typed.slice(0, 12)}" with a sentence`, () => {
    assert.deepEqual(parse(typed, 1920), { error });
    assert.ok(FIELD_WORDS[error]);
  });
}

test("what a field shows, it reads back: fraction and percent exactly, pixels to the pixel", () => {
  const random = seeded(1);
  for (let i = 0; i < 2000; i++) {
    const value = random.int(0, UNIT);
    assert.deepEqual(parse(show(value, "fraction"), 1), { value });
    assert.deepEqual(parse(show(value, "percent"), 1), { value });
    const pixels = random.int(1, 1920);
    const edge = Math.round((random.int(0, pixels) * UNIT) / pixels);
    assert.equal(parse(show(edge, "pixels", pixels), pixels).value, edge);
  }
});

test("pixels of a canvas that has no size yet are no length", () => {
  for (const pixels of [0, NaN, undefined, 1.5]) assert.deepEqual(parse("5px", pixels), { error: "number" });
});

test("numbers show without noise", () => {
  assert.deepEqual([333_333, 70_000, 1].map((v) => show(v, "percent")), ["33.3333%", "7%", "0.0001%"]);
  assert.deepEqual([show(500_000, "pixels", 1920), show(333_333, "pixels", 1920), six(1)], ["960px", "639.999px", "0.000001"]);
});
