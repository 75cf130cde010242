/** Who is typing in which channel. Each TYPING_START counts for ten seconds. */

const LASTS = 10_000;

export class Typing {
  #channels = new Map();
  #changed;

  /** `changed(channelId)` is called when someone stops. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Ids of users. */
  in(channelId) {
    return [...(this.#channels.get(channelId)?.keys() ?? [])];
  }

  started(channelId, userId) {
    if (!this.#channels.has(channelId)) this.#channels.set(channelId, new Map());
    const users = this.#channels.get(channelId);
    clearTimeout(users.get(userId));
    users.set(
      userId,
      setTimeout(() => {
        users.delete(userId);
        this.#changed(channelId);
      }, LASTS),
    );
  }

  stopped(channelId, userId) {
    const users = this.#channels.get(channelId);
    clearTimeout(users?.get(userId));
    users?.delete(userId);
  }

  clear() {
    for (const users of this.#channels.values()) users.forEach(clearTimeout);
    this.#channels.clear();
  }
}
