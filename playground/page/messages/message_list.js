/** The scrolling list of one channel's messages: loads history, keeps the scroll position, jumps, marks days and new. */
import { el, fill, reconcile } from "../widgets/dom.js";
import { isPrivate } from "../state/message_flags.js";
import { icon } from "../widgets/icons.js";
import { introduction } from "./introduction.js";
import { keepPicturesAndFocus, redrawing } from "../widgets/redraw.js";
import { isContinued, messageView } from "./message_view.js";
import { compareIds, createdAt } from "../state/snowflakes.js";
import { longDay, sameDay } from "../widgets/time.js";
import { t } from "../words/words.js";

const PAGE = 50;
const NEAR = 600;
const AT_BOTTOM = 40;

export class MessageList {
  #app;
  #pane;
  #channelId = null;
  #rendered = new Map();
  #dividers = new Map();
  #list = el("ol", { class: "messages", role: "list", data: { part: "messages" } });
  #notice = el("div", { class: "notice", hidden: true });
  #busy = false;
  #stuck = true;
  #wasAt = 0;
  #anchor = null;
  #readUpTo = null;
  #unseen = 0;
  #editing = null;
  #soon = redrawing(this.#list, () => this.#render());

  constructor(app, pane) {
    this.#app = app;
    this.#pane = pane;
    this.scroller = el(
      "div",
      { class: "scroller", tabindex: 0, role: "region", "aria-label": t("Messages"), data: { part: "scroller" } },
      this.#list,
    );
    this.node = el("div", { class: "message-list" }, this.scroller, this.#notice);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.scroller.addEventListener("keydown", (event) => this.#walk(event));
    this.scroller.addEventListener("pointerdown", () => delete this.#list.dataset.walked);
    new ResizeObserver(() => this.#restore()).observe(this.#list);
    new ResizeObserver(() => this.#restore()).observe(this.scroller);
    app.store.on("messages", (change) => this.#changed(change));
    app.store.on("members", () => this.#forget());
    for (const shown of [app.interactions, app.pollVotes]) shown.on("change", () => this.#soon());
    document.addEventListener("visibilitychange", () => this.#read());
  }

  /** Show a channel; with `messageId`, at that message. */
  async show(channelId, messageId = null) {
    const fresh = channelId !== this.#channelId;
    this.#channelId = channelId;
    if (fresh) this.#enter();
    if (messageId) await this.jump(messageId);
    else if (!this.#history.loaded) await this.#loadNewest();
    this.#soon();
  }

  /** Read the newest page again, after the gateway lost its place. */
  async reload() {
    if (this.#channelId) await this.#loadNewest();
  }

  /** Scroll to a message and let it flash; fetches its surroundings when they are not here. */
  async jump(messageId) {
    const channelId = this.#channelId;
    if (!this.#history.get(messageId)) {
      const page = await this.#fetch({ around: messageId });
      if (!page || channelId !== this.#channelId) return;
      this.#takeAround(messageId, page);
    }
    this.#render();
    const node = this.#rendered.get(messageId)?.node;
    if (!node) {
      this.#app.overlays.toast(t("That message is not here any more."));
      return;
    }
    this.#stuck = false;
    node.scrollIntoView({ block: "center" });
    this.#remember();
    flash(node);
    node.focus({ preventScroll: true });
  }

  /** Replace a message's text by `editor` (a node), or with null show the text again. */
  edit(messageId, editor) {
    this.#editing = editor ? { messageId, editor } : null;
    this.#render();
  }

  focusMessage(messageId) {
    this.#rendered.get(messageId)?.node.focus();
  }

  toBottom() {
    this.#stuck = true;
    if (this.#history.hasLater) this.#loadNewest();
    else this.#restore();
  }

  get #history() {
    return this.#app.store.history(this.#channelId);
  }

  get #guildId() {
    return this.#app.store.channels.get(this.#channelId)?.guild_id ?? null;
  }

  get #lastRead() {
    return this.#app.store.readMarks?.get(this.#channelId) ?? null;
  }

  #enter() {
    this.#rendered.clear();
    this.#stuck = true;
    this.#anchor = null;
    this.#unseen = 0;
    this.#editing = null;
    this.#readUpTo = this.#app.store.isUnread(this.#channelId) ? this.#lastRead : null;
    this.#render();
  }

  #forget() {
    this.#rendered.clear();
    this.#soon();
  }

  // --- loading ---

  async #fetch(where) {
    return this.#app.attempt(this.#app.api.messages(this.#channelId, where, PAGE));
  }

  async #loadNewest() {
    const channelId = this.#channelId;
    const history = this.#app.store.history(channelId);
    const before = new Set(history.messages);
    const page = await this.#fetch({});
    if (!page || channelId !== this.#channelId) return;
    // The gateway may have brought newer messages while the page was on its way.
    const meanwhile = history.messages.filter((message) => !before.has(message)).reverse();
    this.#app.store.takePage(channelId, [...meanwhile, ...page], { hasEarlier: page.length === PAGE, hasLater: false });
  }

  #takeAround(messageId, page) {
    const older = page.filter((message) => compareIds(message.id, messageId) < 0).length;
    const last = this.#app.store.channels.get(this.#channelId)?.last_message_id;
    const hasLater = Boolean(last && page.length && compareIds(page[0].id, last) < 0);
    this.#app.store.takePage(this.#channelId, page, { hasEarlier: older >= PAGE / 2 - 1, hasLater });
  }

  async #extend(side) {
    const history = this.#history;
    const wanted = side === "earlier" ? history.hasEarlier : history.hasLater;
    const edge = side === "earlier" ? history.messages.find((message) => !message.local) : history.newest;
    if (this.#busy || !wanted || !edge) return;
    this.#busy = true;
    const channelId = this.#channelId;
    const page = await this.#fetch(side === "earlier" ? { before: edge.id } : { after: edge.id });
    this.#busy = false;
    if (page) this.#app.store.extendPage(channelId, page, side, page.length === PAGE);
  }

  // --- following the store ---

  #changed({ channelId, created }) {
    const threadOfOurs = this.#app.store.channels.get(channelId)?.parent_id === this.#channelId;
    if (channelId !== this.#channelId && !threadOfOurs) return;
    if (created && channelId === this.#channelId) this.#arrived(created);
    this.#soon();
  }

  #arrived(message) {
    if (message.author.id === this.#app.store.me.id && !isPrivate(message)) {
      this.#readUpTo = null;
      this.#stuck = true;
      if (this.#history.hasLater) this.#loadNewest();
      return;
    }
    if (!this.#stuck) this.#unseen += 1;
    if (!this.#stuck || document.visibilityState !== "visible") this.#readUpTo ??= this.#lastRead;
  }

  #render() {
    if (!this.#channelId) return;
    this.#remember();
    if (this.#stuck) this.#history.trim("later");
    const rows = [this.#top()];
    let above = null;
    for (const message of this.#history.messages) {
      rows.push(...this.#dividersBefore(message, above), this.#row(message, above));
      above = message;
    }
    reconcile(this.#list, rows.filter(Boolean));
    this.#dropStale();
    this.#restore();
    this.#showNotice();
    this.#read();
    this.#fillUp();
  }

  #top() {
    if (!this.#history.loaded || this.#history.hasEarlier) {
      return this.#divider("loading", () =>
        el("li", { class: "loading", "aria-label": t("Loading messages") }, placeholder()),
      );
    }
    const untouched = this.#history.messages.length === 0 && this.#pane.canSend;
    return introduction(this.#app, this.#channelId, untouched ? (text) => this.#pane.ask(text) : null);
  }

  #divider(key, make) {
    if (!this.#dividers.has(key)) this.#dividers.set(key, make());
    return this.#dividers.get(key);
  }

  #dividersBefore(message, above) {
    const rows = [];
    const date = createdAt(message.id);
    const newDay = !above || !sameDay(createdAt(above.id), date);
    const isNew = this.#isFirstNew(message, above);
    if (newDay || isNew) {
      const text = newDay ? longDay(date) : "";
      rows.push(this.#divider(`${text}|${isNew}|${isNew ? message.id : ""}`, () => dividerRow(text, isNew)));
    }
    return rows;
  }

  #isFirstNew(message, above) {
    const mark = this.#readUpTo;
    if (!mark || message.author.id === this.#app.store.me.id) return false;
    return compareIds(message.id, mark) > 0 && (!above || compareIds(above.id, mark) <= 0);
  }

  #row(message, above) {
    const editor = this.#editing?.messageId === message.id ? this.#editing.editor : null;
    const divided = this.#dividersBefore(message, above).length > 0;
    const continued = !divided && isContinued(above, message);
    const { interactions, pollVotes } = this.#app;
    const states = [interactions.stateOf(message.id), pollVotes.stateOf(message.id)];
    const key = [message, continued, editor, ...states, ...this.#threadOf(message)];
    const old = this.#rendered.get(message.id);
    if (old && old.key.every((part, index) => part === key[index])) return old.node;
    const view = { app: this.#app, pane: this.#pane, guildId: this.#guildId, continued, editor };
    const node = messageView(message, view);
    if (old) keepPicturesAndFocus(old.node, node);
    this.#rendered.set(message.id, { key, node });
    return node;
  }

  #threadOf(message) {
    const thread = this.#app.store.channels.get(message.id);
    return thread ? [thread, this.#app.store.history(thread.id).newestPublic] : [undefined, undefined];
  }

  #dropStale() {
    for (const [id, { node }] of this.#rendered) {
      if (!node.isConnected) this.#rendered.delete(id);
    }
    for (const [key, node] of this.#dividers) {
      if (!node.isConnected) this.#dividers.delete(key);
    }
  }

  // --- place ---

  #remember() {
    const box = this.scroller;
    if (this.#stuck || !box.isConnected) return;
    const top = box.getBoundingClientRect().top;
    for (const node of this.#list.querySelectorAll("[data-message-id]")) {
      const at = node.getBoundingClientRect();
      if (at.bottom > top) {
        this.#anchor = { id: node.dataset.messageId, offset: at.top - top };
        return;
      }
    }
  }

  #restore() {
    const box = this.scroller;
    if (this.#stuck) {
      box.scrollTop = box.scrollHeight;
      this.#wasAt = box.scrollTop;
      return;
    }
    const node = this.#anchor && this.#rendered.get(this.#anchor.id)?.node;
    if (!node?.isConnected) return;
    const moved = node.getBoundingClientRect().top - box.getBoundingClientRect().top - this.#anchor.offset;
    if (Math.abs(moved) > 0.5) box.scrollTop += moved;
  }

  #scrolled() {
    const box = this.scroller;
    const below = box.scrollHeight - box.scrollTop - box.clientHeight;
    // Messages that grew below do not mean that the student scrolled up: the event of our own scrolling comes late.
    const wentUp = box.scrollTop < this.#wasAt - 1;
    this.#wasAt = box.scrollTop;
    this.#stuck = (below < AT_BOTTOM || (this.#stuck && !wentUp)) && !this.#history.hasLater;
    if (this.#stuck) this.#unseen = 0;
    this.#remember();
    this.#read();
    this.#showNotice();
    if (box.scrollTop < NEAR) this.#extend("earlier");
    if (below < NEAR) this.#extend("later");
  }

  /** A short first page may leave room for more. */
  #fillUp() {
    if (this.#history.loaded && this.scroller.scrollTop < NEAR) this.#extend("earlier");
  }

  #read() {
    const shown = this.#channelId && this.scroller.isConnected && document.visibilityState === "visible";
    if (shown && this.#stuck && this.#history.loaded) this.#app.store.markRead(this.#channelId);
  }

  #showNotice() {
    const far = this.#history.hasLater;
    const text = far
      ? t("You're viewing older messages")
      : this.#unseen
        ? this.#unseen === 1
          ? t("1 new message")
          : t("{count} new messages", { count: this.#unseen })
        : null;
    this.#notice.hidden = text === null;
    if (text === null) return;
    fill(
      this.#notice,
      el("span", {}, text),
      el(
        "button",
        {
          type: "button",
          class: "text-button",
          data: { action: "present" },
          on: { click: () => this.toBottom() },
        },
        t("Jump to Present"),
        " ",
        icon("down", 16),
      ),
    );
  }

  /** Arrow keys walk from message to message. */
  #walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const inField = event.target.closest("input, textarea, [role=combobox]");
    if (!step || inField || event.altKey || event.ctrlKey) return;
    const all = [...this.#list.querySelectorAll("[data-message-id]")];
    const here = all.indexOf(event.target.closest("[data-message-id]"));
    const next = here < 0 ? all.at(-1) : all[here + step];
    if (!next) return;
    event.preventDefault();
    this.#list.dataset.walked = "";
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

function flash(node) {
  node.classList.remove("flash");
  requestAnimationFrame(() => node.classList.add("flash"));
}

function dividerRow(day, isNew) {
  return el(
    "li",
    {
      class: isNew ? "divider new" : "divider",
      role: "separator",
      "aria-label": [day, isNew ? t("New messages") : ""].filter(Boolean).join(", "),
    },
    day ? el("span", { class: "divider-day" }, day) : null,
    isNew ? el("span", { class: "divider-new" }, t("New")) : null,
  );
}

function placeholder() {
  return [70, 45, 85, 60].map((width) =>
    el(
      "div",
      { class: "ghost" },
      el("i", { class: "ghost-avatar" }),
      el(
        "div",
        { class: "ghost-lines" },
        el("i", { style: { width: "22%" } }),
        el("i", { style: { width: `${width}%` } }),
      ),
    ),
  );
}
