/** What a student can do with a message: the bar that shows on it, the menu, the keys. */
import { isPrivate } from "../state/message_flags.js";
import { el, fill } from "../widgets/dom.js";
import { EMOJI, QUICK } from "../composer/emoji.js";
import { icon } from "../widgets/icons.js";
import { discordLink } from "../state/addresses.js";
import { openMenu } from "../widgets/menu.js";
import { avatar } from "../widgets/avatar.js";
import { Permission } from "../state/permissions.js";
import { isDirect, isThread } from "../state/channels.js";
import { isPlain } from "./system_message.js";
import { startThreadFrom } from "../panes/threads.js";
import { t } from "../words/words.js";

const MESSAGE_COMMAND = 3;

/** The bar of buttons that shows while a message is pointed at or focused. */
export function toolbar(message, view) {
  if (view.readOnly) return null;
  const { actions } = view.app;
  const abilities = actions.abilities(message, view);
  const button = (name, label, run, id) =>
    el(
      "button",
      {
        type: "button",
        class: "icon-button",
        tabindex: -1,
        "aria-label": label,
        title: label,
        data: { action: id },
        on: { click: run },
      },
      icon(name, 18),
    );
  return el(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": t("Message actions"), data: { part: "toolbar" } },
    abilities.react
      ? button(
          "smile",
          t("Add Reaction"),
          (event) => actions.pickReaction(event.currentTarget, message, view.pane),
          "react",
        )
      : null,
    abilities.edit ? button("edit", t("Edit"), () => view.pane.startEdit(message.id), "edit") : null,
    abilities.reply ? button("reply", t("Reply"), () => view.pane.replyTo(message), "reply") : null,
    abilities.thread ? button("thread", t("Create Thread"), () => startThreadFrom(view.app, message), "thread") : null,
    button("more", t("More"), (event) => actions.menu(event.currentTarget, message, view), "more"),
  );
}

export class MessageActions {
  #app;

  constructor(app) {
    this.#app = app;
  }

  /** The actions that a message's state and the student's permissions allow. */
  abilities(message, { pane }) {
    const { store } = this.#app;
    const channel = store.channels.get(message.channel_id);
    const shared = !message.local && !isPrivate(message);
    const mine = message.author.id === store.me.id;
    const own = shared && isPlain(message);
    return {
      react: own && store.may(Permission.ADD_REACTIONS, message.channel_id),
      reply: own && pane.canSend,
      edit: own && mine,
      remove:
        shared &&
        (mine || (channel && !isDirect(channel) && store.may(Permission.MANAGE_MESSAGES, message.channel_id))),
      thread:
        own &&
        channel &&
        !isThread(channel) &&
        !isDirect(channel) &&
        !store.channels.has(message.id) &&
        store.may(Permission.CREATE_PUBLIC_THREADS, message.channel_id),
      shared,
    };
  }

  contextMenu(event, message, view) {
    const selects = event.pointerType !== "touch" && String(getSelection());
    const keepsOwnMenu = event.target.closest("a[href], input, textarea, audio, video") || selects;
    if (message.local || keepsOwnMenu) return;
    event.preventDefault();
    const atKeyboard = event.clientX === 0 && event.clientY === 0;
    this.menu(atKeyboard ? event.currentTarget : { x: event.clientX, y: event.clientY }, message, view);
  }

  key(event, message, view) {
    const walkedTo = event.target === event.currentTarget && event.target.closest("[data-walked]");
    if (!walkedTo || event.ctrlKey || event.metaKey || event.altKey) return;
    const can = this.abilities(message, view);
    if (event.key === "r" && can.reply) view.pane.replyTo(message);
    else if (event.key === "e" && can.edit) view.pane.startEdit(message.id);
    else if (event.key === "Delete" && can.remove) this.askRemove(message);
    else if (event.key === "Enter") this.menu(event.currentTarget, message, view);
    else return;
    event.preventDefault();
  }

  async menu(anchor, message, view) {
    const can = this.abilities(message, view);
    const commands = can.shared ? await this.#app.commands.ofType(MESSAGE_COMMAND, message.channel_id) : [];
    openMenu(
      this.#app.overlays,
      anchor,
      [
        can.react && {
          label: t("Add Reaction"),
          icon: "smile",
          id: "react",
          run: () => this.pickReaction(anchor, message, view.pane),
        },
        can.edit && { label: t("Edit Message"), icon: "edit", id: "edit", run: () => view.pane.startEdit(message.id) },
        can.reply && { label: t("Reply"), icon: "reply", id: "reply", run: () => view.pane.replyTo(message) },
        can.thread && {
          label: t("Create Thread"),
          icon: "thread",
          id: "thread",
          run: () => startThreadFrom(this.#app, message),
        },
        "line",
        ...this.#apps(commands, message),
        ...this.#copies(message),
        isPrivate(message) && {
          label: t("Dismiss Message"),
          icon: "close",
          id: "dismiss",
          run: () => this.#app.store.dropLocal(message.channel_id, message.id),
        },
        can.remove && {
          label: t("Delete Message"),
          icon: "trash",
          id: "delete",
          danger: true,
          run: () => this.askRemove(message),
        },
      ],
      { label: t("Message"), side: anchor instanceof Element && anchor.matches("button") ? "left" : "below" },
    );
  }

  #apps(commands, message) {
    if (!commands.length) return [];
    const entries = commands.map((command) => ({
      label: command.name_localized ?? command.name,
      picture: avatar(command.bot, 20),
      id: `command:${command.name}`,
      run: () => this.#app.runContextCommand(command, message.channel_id, message.id),
    }));
    return [{ heading: t("Apps") }, ...entries, "line"];
  }

  #copies(message) {
    const guildId = this.#app.store.channels.get(message.channel_id)?.guild_id ?? "@me";
    const link = discordLink({ guildId, channelId: message.channel_id, messageId: message.id });
    return [
      message.content && { label: t("Copy Text"), icon: "copy", id: "copy-text", run: () => this.#copy(message.content) },
      { label: t("Copy Message Link"), icon: "link", id: "copy-link", run: () => this.#copy(link) },
      { label: t("Copy Message ID"), icon: "id", id: "copy-id", run: () => this.#copy(message.id) },
    ];
  }

  async #copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.#app.overlays.toast(t("Copied"));
    } catch {
      this.#app.overlays.toast(t("The browser did not allow copying."));
    }
  }

  askRemove(message) {
    this.#app.overlays.confirm({
      title: t("Delete Message"),
      text: t("Are you sure you want to delete this message?"),
      action: t("Delete"),
      run: () => this.#app.attempt(this.#app.api.remove(message.channel_id, message.id)),
    });
  }

  toggleReaction(message, { emoji, me }) {
    const { api } = this.#app;
    const call = me ? api.unreact : api.react;
    this.#app.attempt(call.call(api, message.channel_id, message.id, emoji));
  }

  pickReaction(anchor, message, pane) {
    pickEmoji(this.#app.overlays, anchor, (character) => {
      const mine = (message.reactions ?? []).some((one) => one.me && one.emoji.name === character);
      if (!mine) this.toggleReaction(message, { emoji: { id: null, name: character }, me: false });
      pane.focusMessage(message.id);
    });
  }
}

/** A small emoji picker; `pick(character)`. */
export function pickEmoji(overlays, anchor, pick) {
  const grid = el("div", { class: "emoji-grid" });
  const search = el("input", {
    class: "option-search",
    type: "text",
    placeholder: t("Find an emoji"),
    "aria-label": t("Find an emoji"),
    autocomplete: "off",
  });
  const choose = (character) => {
    overlays.close();
    pick(character);
  };
  const cell = ({ character, name }) =>
    el(
      "button",
      {
        type: "button",
        class: "emoji-cell",
        title: `:${name}:`,
        "aria-label": name,
        data: { emoji: character },
        on: { click: () => choose(character) },
      },
      character,
    );
  const show = () => fill(grid, EMOJI.filter(({ name }) => name.includes(search.value.trim().toLowerCase())).map(cell));
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) grid.querySelector("button")?.click();
  });
  show();
  const quick = QUICK.map((character) => cell(EMOJI.find((entry) => entry.character === character)));
  const panel = el(
    "div",
    { class: "emoji-picker", role: "dialog", "aria-label": t("Emoji"), data: { part: "emoji-picker" } },
    search,
    el("div", { class: "emoji-quick" }, quick),
    grid,
  );
  overlays.popover(anchor, panel, { side: "left", focus: search });
}
