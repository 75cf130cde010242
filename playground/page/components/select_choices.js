/** What was chosen in the selects of messages: Discord's clients remember it until the message is edited. */
export class Choices {
  #byMessage = new Map();

  get(messageId, customId) {
    return this.#byMessage.get(messageId)?.get(customId) ?? null;
  }

  /** A message that was edited shows its own choices again. */
  forget(messageId) {
    this.#byMessage.delete(messageId);
  }

  set(messageId, customId, values) {
    if (!this.#byMessage.has(messageId)) this.#byMessage.set(messageId, new Map());
    this.#byMessage.get(messageId).set(customId, values);
  }
}
