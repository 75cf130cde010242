/** How far this student has read each channel, and how often they were mentioned since. Kept in the browser. */
import { compareIds } from "./snowflakes.js";

export class ReadMarks {
  #key;
  #last;
  #mentions = new Map();

  constructor(userId, storage = localStorage) {
    this.#key = `read:${userId}`;
    this.storage = storage;
    this.#last = new Map(Object.entries(JSON.parse(storage.getItem(this.#key) ?? "{}")));
  }

  /** Discord's own read states, where they are ahead of ours. */
  adopt(entries) {
    for (const { id, last_message_id: last, mention_count: mentions } of entries) {
      if (last) this.advance(id, last);
      if (mentions) this.#mentions.set(id, mentions);
    }
  }

  get(channelId) {
    return this.#last.get(channelId) ?? null;
  }

  isAfter(channelId, messageId) {
    const mark = this.#last.get(channelId);
    return !mark || compareIds(messageId, mark) > 0;
  }

  mentions(channelId) {
    return this.#mentions.get(channelId) ?? 0;
  }

  addMention(channelId) {
    this.#mentions.set(channelId, this.mentions(channelId) + 1);
  }

  /** Returns whether that changed anything. */
  advance(channelId, messageId) {
    const cleared = this.#mentions.delete(channelId);
    if (!this.isAfter(channelId, messageId)) return cleared;
    this.#last.set(channelId, messageId);
    this.storage.setItem(this.#key, JSON.stringify(Object.fromEntries(this.#last)));
    return true;
  }
}
