/** The messages of one channel that the page holds: a stretch without gaps, oldest first. */
import { isPrivate } from "./message_flags.js";
import { compareIds } from "./snowflakes.js";
import { isNotice } from "./thread_count.js";

/** How many messages are held and shown at once; a browser gets slow with thousands. */
export const MOST = 250;

export class History {
  messages = [];
  /** Whether Discord has more on that side of the stretch; null until the page asked. */
  hasEarlier = null;
  hasLater = false;
  /** Private and unsent messages outside the stretch: only this page keeps them. */
  #aside = [];

  get loaded() {
    return this.hasEarlier !== null;
  }

  get newest() {
    return this.messages.findLast((message) => !message.local) ?? null;
  }

  /** The channel's newest public message with content; null when the page does not hold it. */
  get newestPublic() {
    if (this.hasLater) return null;
    return this.messages.findLast((message) => !isOwn(message) && !isNotice(message)) ?? null;
  }

  get(id) {
    return this.messages.find((message) => message.id === id) ?? null;
  }

  /** Replace everything with a page around some point. */
  reset(messages, { hasEarlier, hasLater }) {
    this.#aside.push(...this.messages.filter(isOwn));
    this.messages = [];
    this.hasEarlier = hasEarlier;
    this.hasLater = hasLater;
    for (const message of messages) this.put(message);
    this.#bringBack();
  }

  /** Go on with a page at one side, `"earlier"` or `"later"`. */
  extend(messages, side, more) {
    for (const message of messages) this.put(message);
    if (side === "earlier") this.hasEarlier = more;
    else this.hasLater = more;
    this.#bringBack();
    this.trim(side);
  }

  /** Drop the messages beyond the limit that are farthest from `side`; the page can load them again. */
  trim(side) {
    const excess = this.messages.length - MOST;
    if (excess <= 0) return;
    const gone = side === "earlier" ? this.messages.splice(MOST) : this.messages.splice(0, excess);
    this.#aside.push(...gone.filter(isOwn));
    if (side === "earlier") this.hasLater = true;
    else this.hasEarlier = true;
  }

  /** Take a new message from the gateway: it belongs at the end, which the page may not hold. */
  arrive(message) {
    if (!this.hasLater) this.put(message);
    else if (isOwn(message)) this.#aside.push(message);
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
    else this.#aside = this.#aside.map((one) => (one.id === update.id ? { ...one, ...update } : one));
    return old !== null;
  }

  remove(id) {
    const before = this.messages.length;
    this.#keep((message) => message.id !== id);
    return this.messages.length < before;
  }

  /** The message that a nonce of ours was sent for, while it is still unconfirmed. */
  settle(nonce) {
    if (nonce) this.#keep((message) => !(message.local && message.nonce === String(nonce)));
  }

  #keep(wanted) {
    this.messages = this.messages.filter(wanted);
    this.#aside = this.#aside.filter(wanted);
  }

  #bringBack() {
    const [first, last] = [this.messages[0], this.messages.at(-1)];
    const isWithin = ({ id }) =>
      (!this.hasEarlier || (first && compareIds(id, first.id) > 0)) &&
      (!this.hasLater || (last && compareIds(id, last.id) < 0));
    for (const message of this.#aside.filter(isWithin)) this.put(message);
    this.#aside = this.#aside.filter((message) => !this.get(message.id));
  }
}

/** Whether only this page keeps a message: it is private, or not sent. */
function isOwn(message) {
  return Boolean(message.local) || isPrivate(message);
}
