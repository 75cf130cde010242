/** The channels of a server with their threads, or the list of direct messages; below it, the student. */
import { avatar } from "../widgets/avatar.js";
import { byPosition, ChannelType, isForum, isReadable } from "../state/channels.js";
import { el, fill } from "../widgets/dom.js";
import { redrawing } from "../widgets/redraw.js";
import { icon } from "../widgets/icons.js";
import { openMenu } from "../widgets/menu.js";
import { compareIds } from "../state/snowflakes.js";
import { Permission } from "../state/permissions.js";
import { t } from "../words/words.js";

/** Discord's locales by the names of the languages in themselves, as its settings list them. */
const LANGUAGES = {
  "en-US": "English",
  ko: "한국어",
  ja: "日本語",
  "es-ES": "Español",
  de: "Deutsch",
  fr: "Français",
  "pt-BR": "Português do Brasil",
  "zh-CN": "简体中文",
  "zh-TW": "繁體中文",
};

export class Sidebar {
  #app;
  #node;
  #closed = new Set();
  #render;

  constructor(app, node) {
    this.#app = app;
    this.#node = node;
    this.#render = redrawing(node, () => this.#draw());
    for (const name of ["guilds", "channels", "members", "unread", "presence", "me"]) app.store.on(name, this.#render);
    app.on("place", this.#render);
    app.on("theme", this.#render);
  }

  #draw() {
    const { store, place } = this.#app;
    if (!store.me) return;
    const focused = document.activeElement?.closest?.("#sidebar [data-channel-id], #sidebar [data-action]")?.dataset;
    const scrolled = this.#node.querySelector(".sidebar-list")?.scrollTop ?? 0;
    const guild = store.guilds.get(place?.guildId);
    fill(
      this.#node,
      el("header", { class: "sidebar-header" }, el("h2", {}, guild ? guild.name : t("Direct Messages"))),
      el("div", { class: "sidebar-list" }, guild ? this.#guild(guild) : this.#directs()),
      this.#account(),
    );
    this.#node.querySelector(".sidebar-list").scrollTop = scrolled;
    if (focused?.channelId) this.#node.querySelector(`[data-channel-id="${focused.channelId}"]`)?.focus();
    else if (focused?.action) this.#node.querySelector(`[data-action="${focused.action}"]`)?.focus();
  }

  #guild(guild) {
    const { store } = this.#app;
    const visible = store
      .channelsOf(guild.id)
      .filter((channel) => channel.type === ChannelType.CATEGORY || store.may(Permission.VIEW_CHANNEL, channel.id))
      .sort(byPosition);
    const within = (category) =>
      visible.filter((channel) => isReadable(channel) && (channel.parent_id ?? null) === category);
    const categories = visible.filter((channel) => channel.type === ChannelType.CATEGORY);
    return [
      this.#list(within(null), t("Channels")),
      categories.map((category) => this.#category(category, within(category.id))),
    ];
  }

  #category(category, channels) {
    const open = !this.#closed.has(category.id);
    const toggle = () => {
      if (open) this.#closed.add(category.id);
      else this.#closed.delete(category.id);
      this.#render();
    };
    return [
      el(
        "button",
        { type: "button", class: "category", "aria-expanded": String(open), on: { click: toggle } },
        icon(open ? "down" : "right", 12),
        category.name,
      ),
      open ? this.#list(channels, category.name) : null,
    ];
  }

  #list(channels, label) {
    return el(
      "ul",
      { class: "channel-list", "aria-label": label },
      channels.map((channel) => this.#channel(channel)),
    );
  }

  #channel(channel) {
    const threads = isForum(channel)
      ? []
      : this.#app.store
          .threadsOf(channel.id)
          .filter((thread) => this.#app.store.hasJoined(thread) || this.#isOpen(thread))
          .sort((left, right) => compareIds(left.id, right.id));
    const picture = icon(isForum(channel) ? "forum" : "hash", 20);
    return el(
      "li",
      {},
      this.#entry(channel, picture, channel.name),
      threads.length
        ? el(
            "ul",
            { class: "thread-list", "aria-label": t("Threads in {channel}", { channel: channel.name }) },
            threads.map((thread) => el("li", {}, this.#entry(thread, null, thread.name, true))),
          )
        : null,
    );
  }

  /** A thread that one looks into stands there as long, without being joined. */
  #isOpen(thread) {
    const { place } = this.#app;
    return place?.channelId === thread.id || place?.threadId === thread.id;
  }

  #directs() {
    const { store } = this.#app;
    const open = store
      .directChannels()
      .sort((left, right) => compareIds(right.last_message_id ?? right.id, left.last_message_id ?? left.id));
    const reached = new Set(open.map((channel) => this.#app.otherIn(channel)?.id));
    const bots = [...store.users.values()].filter((user) => user.bot && !reached.has(user.id));
    return el(
      "ul",
      { class: "channel-list", "aria-label": t("Direct messages") },
      open.map((channel) =>
        el("li", {}, this.#entry(channel, avatar(this.#app.otherIn(channel), 32), this.#app.titleOf(channel))),
      ),
      bots.map((bot) =>
        el(
          "li",
          {},
          el(
            "button",
            {
              type: "button",
              class: "channel direct",
              data: { userId: bot.id },
              on: { click: () => this.#app.openDirect(bot.id) },
            },
            avatar(bot, 32),
            el("span", { class: "channel-name" }, store.displayName(bot)),
          ),
        ),
      ),
    );
  }

  #entry(channel, picture, name, isThread = false) {
    const { store, place } = this.#app;
    const selected = place?.channelId === channel.id;
    const unread = !selected && store.isUnread(channel.id);
    const mentions = store.mentionCount(channel.id);
    const open = () => this.#app.goTo({ guildId: channel.guild_id ?? "@me", channelId: channel.id });
    return el(
      "button",
      {
        type: "button",
        class: ["channel", isThread && "thread", !channel.guild_id && "direct"].filter(Boolean).join(" "),
        "aria-current": selected ? "page" : null,
        "aria-label": described(name, { isThread, mentions, unread }),
        data: { channelId: channel.id, channelName: name, thread: isThread, unread, selected },
        on: { click: open },
      },
      picture,
      el("span", { class: "channel-name" }, name),
      mentions ? el("span", { class: "badge", "aria-hidden": "true" }, mentions) : null,
    );
  }

  // --- the student ---

  #account() {
    const { store } = this.#app;
    const dark = document.documentElement.dataset.theme === "dark";
    return el(
      "div",
      { class: "account", data: { part: "account" } },
      el(
        "button",
        {
          type: "button",
          class: "account-button",
          "aria-haspopup": "menu",
          "aria-label": t("You are {name}. Switch student", { name: store.displayName(store.me) }),
          data: { action: "students", student: store.me.username },
          on: { click: (event) => this.#students(event.currentTarget) },
        },
        el("span", { class: "presence online" }, avatar(store.me, 32)),
        el(
          "span",
          { class: "account-names" },
          el("strong", {}, store.displayName(store.me)),
          el("small", {}, t("Switch student")),
        ),
      ),
      el(
        "button",
        {
          type: "button",
          class: "icon-button",
          "aria-label": dark ? t("Light theme") : t("Dark theme"),
          title: dark ? t("Light theme") : t("Dark theme"),
          data: { action: "theme" },
          on: { click: () => this.#app.toggleTheme() },
        },
        icon(dark ? "sun" : "moon", 20),
      ),
    );
  }

  #students(anchor) {
    openMenu(
      this.#app.overlays,
      anchor,
      [
        { heading: t("Be someone else") },
        ...this.#app.students.map((student) => ({
          label: student.global_name ?? student.username,
          note: `@${student.username}`,
          picture: avatar(student, 28),
          id: `student:${student.username}`,
          icon: student.id === this.#app.store.me.id ? "check" : null,
          run: () => this.#app.become(student),
        })),
        { heading: t("Language of your Discord") },
        ...Object.entries(LANGUAGES).map(([locale, name]) => ({
          label: name,
          id: `language:${locale}`,
          icon: locale === this.#app.store.me.locale ? "check" : null,
          run: () => this.#app.speak(locale),
        })),
      ],
      { label: t("Students"), side: "above" },
    );
  }
}

/** What a screen reader says of a channel. */
function described(name, { isThread, mentions, unread }) {
  const counted = mentions === 1 ? t("1 mention") : t("{count} mentions", { count: mentions });
  return [name, isThread && t("thread"), mentions ? counted : unread && t("unread")].filter(Boolean).join(", ");
}
