/** What was chosen in the selects of messages: Discord's clients remember it until the options change. */
export class Choices {
  #byMessage = new Map();

  get(messageId, customId) {
    return this.#byMessage.get(messageId)?.get(customId) ?? null;
  }

  set(messageId, customId, values) {
    if (!this.#byMessage.has(messageId)) this.#byMessage.set(messageId, new Map());
    this.#byMessage.get(messageId).set(customId, values);
  }
}
