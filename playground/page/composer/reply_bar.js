/** The strip above the composer that says which message is being answered, and whether its author is pinged. */
import { el, fill } from "../widgets/dom.js";
import { icon } from "../widgets/icons.js";
import { t, words } from "../words/words.js";

export class ReplyBar {
  /** The message that is answered, or null. */
  message = null;
  ping = true;
  #app;
  #cancelled;

  /** `cancelled()` is called when the student changes their mind. */
  constructor(app, cancelled) {
    this.#app = app;
    this.#cancelled = cancelled;
    this.node = el("div", { class: "reply-bar", hidden: true, data: { part: "reply-bar" } });
  }

  /** Answer `message`, or with null nothing. One's own messages do not ping. */
  show(message) {
    this.message = message;
    this.ping = message !== null && message.author.id !== this.#app.store.me.id;
    this.#render();
  }

  #render() {
    this.node.hidden = this.message === null;
    if (this.message === null) return;
    const guildId = this.#app.store.channels.get(this.message.channel_id)?.guild_id;
    const toggle = () => {
      this.ping = !this.ping;
      this.#render();
    };
    fill(
      this.node,
      el(
        "span",
        {},
        words("Replying to {name}", {
          name: el("strong", {}, this.#app.store.displayName(this.message.author, guildId)),
        }),
      ),
      el(
        "button",
        {
          type: "button",
          class: "text-button ping",
          "aria-pressed": String(this.ping),
          title: t("Mention the author"),
          on: { click: toggle },
        },
        this.ping ? t("@ ON") : t("@ OFF"),
      ),
      el(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": t("Cancel reply"),
          on: { click: this.#cancelled },
        },
        icon("close", 16),
      ),
    );
  }
}
