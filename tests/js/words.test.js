import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { backoff } from "../../static/js/backoff.js";
import { fill, gettext } from "../../static/js/words.js";

afterEach(() => delete globalThis.django);

test("without a catalogue the English sentence stands", () => {
  assert.equal(gettext("Copied"), "Copied");
});

test("a linked catalogue translates", () => {
  globalThis.django = { gettext: () => "已复制" };

  assert.equal(gettext("Copied"), "已复制");
});

test("named places are filled, unknown ones stay", () => {
  assert.equal(fill("%(count)s of %(all)s", { count: 3 }), "3 of %(all)s");
});

test("tries to reach the server come 2, 4, 8 and then every 30 seconds", () => {
  assert.deepEqual([0, 1, 2, 3, 9].map(backoff), [2, 4, 8, 30, 30]);
});
