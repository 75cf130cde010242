/** Reads new messages of open conversations out to screen readers; an answer that still grows, when it pauses. */
import { el } from "../widgets/dom.js";
import { preview } from "./one_line_preview.js";

const NEW_MESSAGE_RESTS = 400;
const EDITED_MESSAGE_RESTS = 2000;
const KEPT = 5;
const REMEMBERED = 200;

export class Announcer {
  #app;
  #node;
  #waiting = new Map();
  #said = new Map();

  constructor(app, node) {
    this.#app = app;
    this.#node = node;
    app.store.on("messages", (change) => this.#changed(change));
  }

  #changed({ channelId, created, updated }) {
    const id = created?.id ?? updated;
    if (!id || !this.#app.isShown(channelId)) return;
    clearTimeout(this.#waiting.get(id));
    const pause = created ? NEW_MESSAGE_RESTS : EDITED_MESSAGE_RESTS;
    this.#waiting.set(
      id,
      setTimeout(() => this.#say(channelId, id), pause),
    );
  }

  #say(channelId, id) {
    this.#waiting.delete(id);
    const { store } = this.#app;
    const message = store.history(channelId).get(id);
    if (!message || message.author.id === store.me.id) return;
    const guildId = store.channels.get(channelId)?.guild_id ?? null;
    const text = preview(store, message, guildId);
    if (!text || this.#said.get(id) === text) return;
    if (this.#said.size > REMEMBERED) this.#said.clear();
    this.#said.set(id, text);
    this.#node.append(el("p", {}, `${store.displayName(message.author, guildId)}: ${text}`));
    while (this.#node.childElementCount > KEPT) this.#node.firstElementChild.remove();
  }
}
