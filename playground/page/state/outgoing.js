/** Messages being sent: shown at once, confirmed by the gateway, kept with Retry when Discord refuses them. */
import { makeNonce } from "./snowflakes.js";
import { problemOf, t } from "../words/words.js";

const REPLY = 19;

export class Outgoing {
  #app;
  #sent = new Map();

  constructor(app) {
    this.#app = app;
  }

  /** `draft`: {content, files, replyTo (message) | null, ping}. */
  send(channelId, draft) {
    const nonce = makeNonce();
    this.#sent.set(nonce, draft);
    this.#app.store.putLocal(this.#placeholder(channelId, nonce, draft));
    return this.#post(channelId, nonce, draft);
  }

  retry(message) {
    const draft = this.#sent.get(message.id);
    this.#app.store.dropLocal(message.channel_id, message.id);
    if (draft) this.send(message.channel_id, draft);
  }

  async #post(channelId, nonce, { content, files, replyTo, ping }) {
    const body = { content, nonce, tts: false, flags: 0 };
    if (replyTo) {
      body.message_reference = { channel_id: channelId, message_id: replyTo.id };
      if (!ping) body.allowed_mentions = { parse: ["users", "roles", "everyone"], replied_user: false };
    }
    try {
      const message = await this.#app.api.send(channelId, body, files);
      this.#sent.delete(nonce);
      this.#arrived(channelId, nonce, message);
    } catch (error) {
      const problem = error.status ? problemOf(error) : t("The message could not be sent: no connection.");
      this.#app.store.patchLocal(channelId, { id: nonce, state: "failed", problem });
    }
  }

  /** The gateway usually brings the message first; when it is cut off, the response to our request does. */
  #arrived(channelId, nonce, message) {
    const history = this.#app.store.history(channelId);
    if (history.get(nonce)?.local && !history.get(message.id)) this.#app.store.takeSent({ ...message, nonce });
  }

  #placeholder(channelId, nonce, { content, files, replyTo }) {
    return {
      id: nonce,
      nonce,
      channel_id: channelId,
      author: this.#app.store.me,
      content,
      state: "sending",
      type: replyTo ? REPLY : 0,
      timestamp: new Date().toISOString(),
      flags: 0,
      mentions: [],
      embeds: [],
      components: [],
      reactions: [],
      referenced_message: replyTo,
      message_reference: replyTo ? { message_id: replyTo.id } : undefined,
      attachments: files.map((file, index) => ({
        id: String(index),
        filename: file.name,
        size: file.size,
        url: "#",
        content_type: "application/octet-stream",
      })),
    };
  }
}
