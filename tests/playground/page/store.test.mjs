/** What the page knows from the gateway: each message counts once, however often the page hears of it. */
import assert from "node:assert/strict";
import test from "node:test";

import { Store } from "../../../playground/page/state/store.js";

globalThis.localStorage ??= { getItem: () => null, setItem: () => {} };

const MINJI = { id: "10", username: "minji" };
const THREAD = { id: "500", type: 11, guild_id: "1", parent_id: "20", name: "Page 12", message_count: 0 };

function storeWithThread() {
  const store = new Store();
  store.apply("READY", { session_id: "s", user: MINJI });
  store.apply("THREAD_CREATE", THREAD);
  return store;
}

const sent = { id: "501", nonce: "7", channel_id: "500", type: 0, flags: 0, content: "I did", author: MINJI };
const count = (store) => store.channels.get("500").message_count;
const shown = (store) => store.history("500").messages.map(({ id }) => id);

test("a message counts once when the answer to our request comes before the gateway", () => {
  const store = storeWithThread();
  store.putLocal({ ...sent, id: "7" });
  store.takeSent(sent);
  assert.deepEqual(shown(store), ["501"]);
  store.apply("MESSAGE_CREATE", sent);
  assert.deepEqual([shown(store), count(store)], [["501"], 1]);
});

test("a message takes the place of what stood for it when the gateway comes first", () => {
  const store = storeWithThread();
  store.putLocal({ ...sent, id: "7" });
  store.apply("MESSAGE_CREATE", sent);
  assert.deepEqual([shown(store), count(store)], [["501"], 1]);
});

test("a thread's start and the replies to a message change and go with it", () => {
  const store = storeWithThread();
  const first = { id: "500", channel_id: "20", type: 0, content: "old", author: MINJI };
  store.apply("MESSAGE_CREATE", first);
  store.apply("MESSAGE_CREATE", { id: "503", channel_id: "20", type: 19, content: "?", author: MINJI, referenced_message: first });
  store.apply("MESSAGE_CREATE", { id: "502", channel_id: "500", type: 21, author: MINJI, referenced_message: first });
  const changed = [];
  store.on("messages", ({ channelId, updated }) => changed.push([channelId, updated]));
  store.apply("MESSAGE_UPDATE", { id: "500", channel_id: "20", content: "new" });
  const originals = () => [store.history("500").get("502"), store.history("20").get("503")].map((each) => each.referenced_message);
  assert.deepEqual(originals().map(({ content, author }) => [content, author]), [["new", MINJI], ["new", MINJI]]);
  assert.deepEqual(changed, [["20", "500"], ["20", "503"], ["500", "502"]]);
  store.apply("MESSAGE_DELETE", { id: "500", channel_id: "20" });
  assert.deepEqual(originals(), [null, null]);
});
