/** The box in which a message is edited in place. */
import { el } from "../widgets/dom.js";
import { decodeMentions, encodeMentions, namesIn } from "../composer/mentions.js";
import { t, words } from "../words/words.js";

export class MessageEditor {
  #app;
  #message;
  #done;
  #textarea;

  /** `done()` takes the editor away. */
  constructor(app, message, done) {
    this.#app = app;
    this.#message = message;
    this.#done = done;
    this.#textarea = el("textarea", {
      class: "edit-text",
      "aria-label": t("Edit message"),
      data: { part: "editor" },
      on: { keydown: (event) => this.#key(event), input: () => this.#fit() },
    });
    this.#textarea.value = decodeMentions(message.content, this.#names());
    this.node = el(
      "div",
      { class: "editor" },
      this.#textarea,
      el(
        "div",
        { class: "edit-hint" },
        words("escape to {cancel} • enter to {save}", {
          cancel: el("button", { type: "button", class: "text-button", on: { click: () => done() } }, t("cancel")),
          save: el(
            "button",
            { type: "button", class: "text-button", data: { action: "save" }, on: { click: () => this.#save() } },
            t("save"),
          ),
        }),
      ),
    );
  }

  focus() {
    this.#textarea.focus();
    this.#textarea.setSelectionRange(this.#textarea.value.length, this.#textarea.value.length);
    this.#fit();
  }

  #names() {
    const channel = this.#app.store.channels.get(this.#message.channel_id);
    return namesIn(this.#app.store, channel?.guild_id ?? null, channel);
  }

  #fit() {
    this.#textarea.style.setProperty("height", "auto");
    this.#textarea.style.setProperty("height", `${this.#textarea.scrollHeight}px`);
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    event.stopPropagation();
    if (event.key === "Escape") this.#done();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#save();
    }
  }

  #save() {
    const { channel_id: channelId, id, content: old, attachments } = this.#message;
    const content = encodeMentions(this.#textarea.value.trim(), this.#names());
    this.#done();
    if (!content && !attachments?.length) this.#app.actions.askRemove(this.#message);
    else if (content !== old) this.#app.attempt(this.#app.api.edit(channelId, id, { content }));
  }
}
