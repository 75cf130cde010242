/**
 * What a student is about to vote in the polls on the page. Emits `change` ({messageId}) when a poll looks different.
 * The votes themselves are in the messages, and change by the gateway's events.
 */
import { Emitter } from "./emitter.js";

const UNTOUCHED = { chosen: [], results: false, sending: false };

export class PollVotes extends Emitter {
  #app;
  #states = new Map();

  constructor(app) {
    super();
    this.#app = app;
  }

  /** {chosen: answer ids, results: shown before voting, sending}; the same object until it changes. */
  stateOf(messageId) {
    return this.#states.get(messageId) ?? UNTOUCHED;
  }

  /** Choose an answer or take it back; where one alone may be chosen, it takes the other's place. */
  choose(message, answerId, wanted) {
    const { chosen } = this.stateOf(message.id);
    const others = message.poll.allow_multiselect ? chosen.filter((one) => one !== answerId) : [];
    this.#set(message.id, { chosen: wanted ? [...others, answerId] : others });
  }

  showResults(message, results) {
    this.#set(message.id, { results });
  }

  /** Vote for what is chosen. */
  vote(message) {
    const { chosen } = this.stateOf(message.id);
    return chosen.length ? this.#send(message, chosen) : undefined;
  }

  /** Take one's votes back. */
  withdraw(message) {
    return this.#send(message, []);
  }

  async #send(message, answerIds) {
    if (this.stateOf(message.id).sending) return;
    this.#set(message.id, { sending: true });
    const { api, store } = this.#app;
    const request = api.vote(message.channel_id, message.id, answerIds).then(() => true);
    if (!(await this.#app.attempt(request))) {
      this.#set(message.id, { sending: false });
      return;
    }
    store.takeVotes(message, answerIds); // the gateway tells it too, a moment earlier or later
    this.#set(message.id, UNTOUCHED);
  }

  #set(messageId, change) {
    this.#states.set(messageId, { ...this.stateOf(messageId), ...change });
    this.emit("change", { messageId });
  }
}
