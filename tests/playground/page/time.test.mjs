/** Times as Discord's own page tells them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { relative } from "../../../playground/page/widgets/time.js";

const NOW = 1_000_000_000_000;
const told = (seconds) => relative(new Date(NOW + seconds * 1000), NOW);

test("a time is told by the nearest count of the unit that fits", () => {
  assert.deepEqual([0, 12, 44, 45, 89, 91].map(told), [
    "in 0 seconds",
    "in 12 seconds",
    "in 44 seconds",
    "in 1 minute",
    "in 1 minute",
    "in 2 minutes",
  ]);
  assert.deepEqual([2699, 2700, 79_199, 79_200, 86_399, 172_000].map(told), [
    "in 45 minutes",
    "in 1 hour",
    "in 22 hours",
    "in 1 day",
    "in 1 day",
    "in 2 days",
  ]);
  assert.deepEqual([2_246_400, 17_280_000, 31_104_000].map(told), ["in 1 month", "in 7 months", "in 1 year"]);
});

test("what is past is told in the same way", () => {
  assert.deepEqual([-3, -50, -79_200, -172_000].map(told), ["3 seconds ago", "1 minute ago", "1 day ago", "2 days ago"]);
});
