/** What this page holds of one channel's messages: a stretch without gaps, oldest first. */
import { isPrivate } from "./flags.js";
import { compareIds } from "./snowflake.js";
import { isNotice } from "./thread_count.js";

export class History {
  messages = [];
  /** null until something was asked for; then whether Discord has more on that side of the stretch. */
  hasEarlier = null;
  hasLater = false;

  get loaded() {
    return this.hasEarlier !== null;
  }

  get newest() {
    return this.messages.findLast((message) => !message.local) ?? null;
  }

  /** The newest one that everyone sees and that says something. */
  get newestPublic() {
    return this.messages.findLast((one) => !one.local && !isPrivate(one) && !isNotice(one)) ?? null;
  }

  get(id) {
    return this.messages.find((message) => message.id === id) ?? null;
  }

  /** Replace everything with a page around some point. */
  reset(messages, { hasEarlier, hasLater }) {
    const kept = hasLater ? [] : this.messages.filter((message) => message.local || isPrivate(message));
    this.messages = [];
    for (const message of [...messages, ...kept]) this.put(message);
    this.hasEarlier = hasEarlier;
    this.hasLater = hasLater;
  }

  /** Insert in order of id, or replace the one with that id. */
  put(message) {
    const at = this.messages.findLastIndex((other) => compareIds(other.id, message.id) <= 0);
    if (at >= 0 && this.messages[at].id === message.id) this.messages[at] = message;
    else this.messages.splice(at + 1, 0, message);
  }

  /** Take fields of a partial update; a new object, so that views can compare by identity. */
  patch(update) {
    const old = this.get(update.id);
    if (old) this.put({ ...old, ...update });
    return old !== null;
  }

  remove(id) {
    const before = this.messages.length;
    this.messages = this.messages.filter((message) => message.id !== id);
    return this.messages.length < before;
  }

  /** The message that a nonce of ours was sent for, while it is still unconfirmed. */
  settle(nonce) {
    if (nonce) this.messages = this.messages.filter((message) => !(message.local && message.nonce === String(nonce)));
  }
}
