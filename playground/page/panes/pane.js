/** One conversation on the screen: header, messages, who is typing, composer. The page has two: main and side. */
import { ChannelType, isDirect, isForum, isThread } from "../state/channels.js";
import { Composer } from "../composer/composer.js";
import { el, fill } from "../widgets/dom.js";
import { redrawing } from "../widgets/redraw.js";
import { ForumView } from "./forum.js";
import { icon } from "../widgets/icons.js";
import { MessageEditor } from "../messages/message_editor.js";
import { paneHeader } from "./pane_header.js";
import { TypingLine } from "./typing_line.js";
import { Permission } from "../state/permissions.js";
import { MessageList } from "../messages/message_list.js";
import { t } from "../words/words.js";

export class Pane {
  #app;
  #channelId = null;
  #header = el("header", { class: "pane-header" });
  #typing = new TypingLine();
  #messageList;
  #forum;
  #composer;

  /** `node`: the element it fills; `kind`: main or side. */
  constructor(app, node, kind) {
    this.#app = app;
    this.node = node;
    this.kind = kind;
    this.#messageList = new MessageList(app, this);
    this.#forum = new ForumView(app);
    this.#composer = new Composer(app, this);
    const parts = [this.#header, this.#messageList, this.#forum, this.#composer, this.#typing];
    fill(node, ...parts.map((part) => part.node ?? part), dropTarget());
    this.#listenToDrops();
    app.store.on("typing", () => this.#showTyping());
    const refresh = redrawing(this.#header, () => this.#refresh());
    for (const name of ["channels", "guilds", "members", "presence"]) app.store.on(name, refresh);
  }

  get channelId() {
    return this.#channelId;
  }

  get isOpen() {
    return this.#channelId !== null && !this.node.hidden;
  }

  get canSend() {
    return this.#barrier() === null;
  }

  async show(channelId, messageId = null) {
    this.#channelId = channelId;
    this.node.hidden = false;
    this.#refresh();
    this.#showTyping();
    const channel = this.#app.store.channels.get(channelId);
    if (channel && isForum(channel)) this.#forum.show(channelId);
    else await this.#messageList.show(channelId, messageId);
  }

  close() {
    this.#channelId = null;
    this.node.hidden = true;
  }

  reload() {
    const channel = this.#app.store.channels.get(this.#channelId);
    return channel && !isForum(channel) ? this.#messageList.reload() : null;
  }

  focusComposer() {
    this.#composer.focus();
  }

  /** Write a question into the composer, for the student to send; with null only go there. */
  ask(text) {
    this.#composer.ask(text);
  }

  startCommand(command) {
    this.#composer.startCommand(command);
  }

  replyTo(message) {
    this.#composer.replyTo(message);
  }

  focusMessage(messageId) {
    this.#messageList.focusMessage(messageId);
  }

  /** Edit the student's newest message; returns whether there was one. */
  editLast() {
    const mine = this.#app.store
      .history(this.#channelId)
      .messages.findLast(
        (message) => message.author.id === this.#app.store.me.id && !message.local && [0, 19].includes(message.type),
      );
    if (mine) this.startEdit(mine.id);
    return Boolean(mine);
  }

  startEdit(messageId) {
    const message = this.#app.store.history(this.#channelId).get(messageId);
    if (!message) return;
    const editor = new MessageEditor(this.#app, message, () => {
      this.#messageList.edit(messageId, null);
      this.#composer.focus();
    });
    this.#messageList.edit(messageId, editor.node);
    editor.focus();
  }

  #refresh() {
    const channel = this.#app.store.channels.get(this.#channelId);
    if (!channel) return;
    const forum = isForum(channel);
    this.node.dataset.channelId = channel.id;
    this.#messageList.node.hidden = forum;
    this.#forum.node.hidden = !forum;
    this.#composer.node.hidden = forum;
    fill(this.#header, paneHeader(this.#app, channel, this));
    const reason = this.#barrier();
    const name = `${isDirect(channel) ? "@" : isThread(channel) ? "" : "#"}${this.#app.titleOf(channel)}`;
    this.#composer.show(channel.id, { name, canSend: reason === null, reason });
  }

  /** Why nothing can be written here, in a sentence, or null. */
  #barrier() {
    const channel = this.#app.store.channels.get(this.#channelId);
    if (!channel || channel.type === ChannelType.CATEGORY) return t("Choose a channel.");
    if (channel.thread_metadata?.locked && !this.#app.store.may(Permission.MANAGE_MESSAGES, channel.id))
      return t("This thread is locked.");
    const needed = isThread(channel) ? Permission.SEND_MESSAGES_IN_THREADS : Permission.SEND_MESSAGES;
    return this.#app.store.may(needed, channel.id)
      ? null
      : t("You do not have permission to send messages in this channel.");
  }

  #showTyping() {
    const guildId = this.#app.store.channels.get(this.#channelId)?.guild_id;
    const names = this.#app.store.typingIn(this.#channelId).map((user) => this.#app.store.displayName(user, guildId));
    this.#typing.show(names);
  }

  #listenToDrops() {
    let depth = 0;
    const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    const track = (event, step) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth = Math.max(0, depth + step);
      this.node.classList.toggle("dropping", depth > 0 && this.canSend);
    };
    this.node.addEventListener("dragenter", (event) => track(event, 1));
    this.node.addEventListener("dragleave", (event) => track(event, -1));
    this.node.addEventListener("dragover", (event) => track(event, 0));
    this.node.addEventListener("drop", (event) => {
      track(event, -depth);
      this.#composer.addFiles([...(event.dataTransfer?.files ?? [])]);
    });
  }
}

function dropTarget() {
  return el(
    "div",
    { class: "drop-target", "aria-hidden": "true" },
    el(
      "div",
      {},
      icon("file", 48),
      el("strong", {}, t("Drop to upload")),
      el("span", {}, t("You can add a comment before it is sent.")),
    ),
  );
}
