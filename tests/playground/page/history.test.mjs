/** What the page holds of a channel: nothing is shown twice or lost, and it does not grow without end. */
import assert from "node:assert/strict";
import test from "node:test";

import { History, MOST } from "../../../playground/page/state/history.js";

const PRIVATE = 1 << 6;
const message = (number, fields = {}) => ({ id: String(1000 + number), type: 0, flags: 0, ...fields });
const messages = (from, to) => Array.from({ length: to - from }, (_, index) => message(from + index));
const ids = (history) => history.messages.map(({ id }) => Number(id) - 1000);
const range = (from, to) => Array.from({ length: to - from }, (_, index) => from + index);

test("reading backwards lets the newest go, reading forwards brings them again", () => {
  const history = new History();
  history.reset(messages(350, 400), { hasEarlier: true, hasLater: false });
  for (let from = 300; from >= 0; from -= 50) history.extend(messages(from, from + 50), "earlier", from > 0);
  assert.deepEqual(ids(history), range(0, MOST));
  assert.deepEqual([history.hasEarlier, history.hasLater, history.newestPublic], [false, true, null]);
  history.arrive(message(400));
  assert.deepEqual(ids(history), range(0, MOST));
  for (let from = MOST; from < 400; from += 50) history.extend(messages(from, from + 50), "later", from < 350);
  assert.deepEqual(ids(history), range(400 - MOST, 400));
  assert.deepEqual([history.hasEarlier, history.hasLater], [true, false]);
});

test("what comes live pushes the oldest out at the end alone", () => {
  const history = new History();
  history.reset(messages(0, MOST), { hasEarlier: false, hasLater: false });
  history.arrive(message(MOST));
  history.trim("later");
  assert.deepEqual(ids(history), range(1, MOST + 1));
  assert.equal(history.hasEarlier, true);
});

test("private and unsent messages outlast a look at older ones", () => {
  const history = new History();
  history.reset(messages(300, 350), { hasEarlier: true, hasLater: false });
  history.put(message(350, { flags: PRIVATE, content: "thinking" }));
  history.put(message(351, { local: true, nonce: "7" }));
  history.reset(messages(0, 50), { hasEarlier: false, hasLater: true });
  assert.deepEqual(ids(history), range(0, 50));
  history.arrive(message(352, { flags: PRIVATE }));
  assert.equal(history.patch({ id: "1350", content: "here it is" }), false);
  history.settle("7");
  history.reset(messages(300, 350), { hasEarlier: true, hasLater: false });
  assert.deepEqual(ids(history), [...range(300, 350), 350, 352]);
  assert.equal(history.get("1350").content, "here it is");
  history.remove("1352");
  assert.equal(history.newestPublic.id, "1349");
});

test("a private message stands in its place when its surroundings are read again", () => {
  const history = new History();
  history.reset(messages(100, 150), { hasEarlier: true, hasLater: false });
  history.put(message(120, { flags: PRIVATE }));
  history.reset(messages(200, 250), { hasEarlier: true, hasLater: false });
  assert.deepEqual(ids(history), range(200, 250));
  history.extend(messages(150, 200), "earlier", true);
  assert.deepEqual(ids(history), range(150, 250));
  history.extend([...messages(100, 120), ...messages(121, 150)], "earlier", true);
  assert.deepEqual(ids(history), range(100, 250));
});
