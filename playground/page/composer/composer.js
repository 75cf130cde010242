/** The box where messages are written: text with completion, files, replies. A CommandForm takes slash commands. */
import { CommandForm } from "../commands/command_form.js";
import { el, fill } from "../widgets/dom.js";
import { replaceNames } from "./emoji.js";
import { icon } from "../widgets/icons.js";
import { encodeMentions, mentionSpans, namesIn, tokenAt } from "./mentions.js";
import { pickEmoji } from "../messages/message_actions.js";
import { OptionList } from "../widgets/option_list.js";
import { ReplyBar } from "./reply_bar.js";
import { suggest } from "./suggestions.js";
import { UploadTray } from "./upload_tray.js";
import { t } from "../words/words.js";

const LONGEST = 2000;
const TYPING_EVERY = 8000;
const COARSE = matchMedia("(pointer: coarse)");

export class Composer {
  #app;
  #pane;
  #channelId = null;
  #drafts = new Map();
  #reply;
  #command = null;
  #token = null;
  #asked = 0;
  #typedAt = 0;
  #list;
  #tray;
  #parts;

  constructor(app, pane) {
    this.#app = app;
    this.#pane = pane;
    this.#list = new OptionList((option) => this.#accept(option), { label: t("Suggestions"), className: "suggestions" });
    this.#tray = new UploadTray(
      () => this.#refresh(),
      (problem) => app.overlays.toast(problem),
    );
    this.#reply = new ReplyBar(app, () => this.#cancelReply());
    this.#parts = this.#build();
    this.node = this.#parts.form;
    this.#hideSuggestions();
  }

  get channelId() {
    return this.#channelId;
  }

  /** Move to another channel; each channel keeps its own draft. */
  show(channelId, { name, canSend, reason }) {
    if (this.#channelId !== channelId) this.#swap(channelId);
    const { textarea, form } = this.#parts;
    const label = canSend ? t("Message {name}", { name }) : reason;
    textarea.placeholder = label;
    textarea.setAttribute("aria-label", label);
    textarea.disabled = !canSend;
    form.dataset.canSend = String(canSend);
    this.#refresh();
  }

  focus() {
    if (this.#command) this.#command.focus();
    else this.#parts.textarea.focus();
  }

  /** Put a whole question there, in place of what stands there; with null nothing changes but the focus. */
  ask(text) {
    if (text !== null) {
      if (this.#command) this.#endCommand();
      this.#parts.textarea.value = text;
      this.#hideSuggestions();
      this.#refresh();
    }
    this.focus();
  }

  /** Write a reply to `message`. */
  replyTo(message) {
    this.#reply.show(message);
    this.focus();
  }

  addFiles(files) {
    if (!files.length || this.#parts.textarea.disabled) return;
    this.#tray.add(files);
    this.focus();
  }

  /** Begin a slash command, as after choosing it from the list. `given`: {option name: text}. */
  startCommand(command, given = {}) {
    this.#hideSuggestions();
    this.#command = new CommandForm(this.#app, command, this.#channelId, {
      given,
      done: () => this.#endCommand(),
      list: this.#parts.commandList,
    });
    this.#parts.textarea.value = "";
    this.#parts.box.classList.add("commanding");
    this.#parts.commandHolder.replaceChildren(this.#command.node);
    this.#refresh();
    this.#command.focus();
  }

  #endCommand() {
    this.#command = null;
    this.#parts.box.classList.remove("commanding");
    this.#parts.commandHolder.replaceChildren();
    this.#parts.commandList.replaceChildren();
    this.#refresh();
    this.#parts.textarea.focus();
  }

  #swap(channelId) {
    const { textarea } = this.#parts;
    if (this.#command) this.#endCommand();
    if (this.#channelId)
      this.#drafts.set(this.#channelId, {
        text: textarea.value,
        files: this.#tray.files,
        replyTo: this.#reply.message,
      });
    this.#channelId = channelId;
    const draft = this.#drafts.get(channelId) ?? { text: "", files: [], replyTo: null };
    textarea.value = draft.text;
    this.#reply.show(draft.replyTo);
    this.#tray.restore(draft.files);
    this.#hideSuggestions();
  }

  // --- parts ---

  #build() {
    const textarea = el("textarea", {
      class: "composer-text",
      rows: 1,
      autocomplete: "off",
      spellcheck: "true",
      "aria-autocomplete": "list",
      "aria-controls": this.#list.id,
      data: { part: "input" },
      on: {
        input: () => this.#typed(),
        keydown: (event) => this.#key(event),
        click: () => this.#suggest(),
        paste: (event) => this.#paste(event),
        blur: () => this.#hideSuggestions(),
        scroll: () => {
          mirror.scrollTop = textarea.scrollTop;
        },
      },
    });
    const mirror = el("div", { class: "composer-mirror", "aria-hidden": "true" });
    const picker = el("input", {
      type: "file",
      multiple: true,
      class: "visually-hidden",
      tabindex: -1,
      "aria-hidden": "true",
      data: { part: "file-input" },
    });
    picker.addEventListener("change", () => {
      this.addFiles([...picker.files]);
      picker.value = "";
    });
    const attach = this.#button("plus", t("Upload a file"), "attach", () => picker.click());
    const smile = this.#button("smile", t("Emoji"), "emoji", (event) =>
      pickEmoji(this.#app.overlays, event.currentTarget, (character) => this.#insert(character)),
    );
    const sender = this.#button("send", t("Send message"), "send", () => this.submit());
    const count = el("span", { class: "composer-count", "aria-live": "polite" });
    const commandHolder = el("div", { class: "command-holder" });
    const commandList = el("div", { class: "command-list" });
    const box = el(
      "div",
      { class: "composer-box" },
      this.#tray.node,
      el(
        "div",
        { class: "composer-row" },
        attach,
        el("div", { class: "composer-field" }, mirror, textarea),
        commandHolder,
        count,
        smile,
        sender,
      ),
    );
    this.#list.node.addEventListener("active", ({ detail }) =>
      textarea.setAttribute("aria-activedescendant", detail ?? ""),
    );
    const form = el(
      "form",
      {
        class: "composer",
        data: { part: "composer" },
        on: {
          submit: (event) => {
            event.preventDefault();
            this.submit();
          },
        },
      },
      this.#list.node,
      commandList,
      this.#reply.node,
      box,
      picker,
    );
    return { form, box, textarea, mirror, count, commandHolder, commandList, sender };
  }

  #button(name, label, id, run) {
    return el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": label,
        title: label,
        data: { action: id },
        on: { click: run },
      },
      icon(name, 22),
    );
  }

  #insert(text) {
    const { textarea } = this.#parts;
    textarea.setRangeText(text, textarea.selectionStart, textarea.selectionEnd, "end");
    textarea.focus();
    this.#typed();
  }

  #refresh() {
    const { textarea, count, form } = this.#parts;
    this.#mirror();
    const left = LONGEST - textarea.value.length;
    fill(count, left < 200 ? String(left) : null);
    count.classList.toggle("over", left < 0);
    form.dataset.empty = String(!textarea.value.trim() && !this.#tray.files.length && !this.#command);
  }

  #cancelReply() {
    this.#reply.show(null);
    this.#parts.textarea.focus();
  }

  /** A copy of the text lies behind it: names are marked there, and it gives the text area its height. */
  #mirror() {
    const { textarea, mirror } = this.#parts;
    const text = textarea.value;
    const pieces = [];
    let end = 0;
    for (const [from, to] of mentionSpans(text, this.#names())) {
      pieces.push(text.slice(end, from), el("span", { class: "composer-mention" }, text.slice(from, to)));
      end = to;
    }
    fill(mirror, pieces, `${text.slice(end)}\u200b`);
    mirror.scrollTop = textarea.scrollTop;
  }

  #names() {
    const channel = this.#app.store.channels.get(this.#channelId);
    return channel ? namesIn(this.#app.store, channel.guild_id ?? null, channel) : [];
  }

  // --- typing ---

  #typed() {
    this.#refresh();
    this.#suggest();
    const text = this.#parts.textarea.value;
    if (!text.trim() || text.startsWith("/") || Date.now() - this.#typedAt < TYPING_EVERY) return;
    this.#typedAt = Date.now();
    this.#app.api.typing(this.#channelId).catch(() => {
      this.#typedAt = 0;
    });
  }

  async #suggest() {
    const { textarea } = this.#parts;
    const caret = textarea.selectionStart;
    const token = textarea.selectionEnd === caret ? tokenAt(textarea.value, caret) : null;
    this.#asked += 1;
    const asked = this.#asked;
    if (!token) {
      this.#hideSuggestions();
      return;
    }
    if (token.kind === "/" && (await this.#startTyped(textarea.value))) return;
    const options = await suggest(this.#app, token, this.#channelId);
    if (asked !== this.#asked || this.#command) return;
    this.#token = token;
    this.#list.show(options, { empty: null });
    this.#list.node.hidden = !options.length;
    textarea.setAttribute("aria-expanded", String(options.length > 0));
  }

  /** Start a command when its name is followed by a space: "/quiz ". */
  async #startTyped(text) {
    const match = await this.#commandIn(text);
    if (!match || text !== this.#parts.textarea.value) return Boolean(this.#command);
    this.startCommand(match.command, match.given);
    return true;
  }

  async #commandIn(text) {
    const all = await this.#app.commands.slash(this.#channelId);
    const titles = all
      .flatMap((command) => [command.title, command.plainTitle].map((title) => ({ command, title })))
      .sort((left, right) => right.title.length - left.title.length);
    const found = titles.find(({ title }) => text.toLowerCase().startsWith(`/${title.toLowerCase()} `));
    return found
      ? { command: found.command, given: CommandForm.parse(found.command, text.slice(found.title.length + 2)) }
      : null;
  }

  #hideSuggestions() {
    this.#token = null;
    this.#asked += 1;
    this.#list.show([], { empty: null });
    this.#list.node.hidden = true;
    this.#parts?.textarea.removeAttribute("aria-activedescendant");
  }

  #accept(option) {
    if (option.command) {
      this.startCommand(option.command);
      return;
    }
    const { textarea } = this.#parts;
    textarea.setRangeText(option.insert, this.#token.from, textarea.selectionStart, "end");
    this.#hideSuggestions();
    this.#refresh();
    textarea.focus();
  }

  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.addFiles(files);
  }

  /** Ignore keys while an input method composes (Hangul, kana). */
  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (this.#token && this.#list.size && this.#list.key(event)) return;
    const { textarea } = this.#parts;
    if (event.key === "Enter" && !event.shiftKey && !COARSE.matches && !this.#inFence()) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") this.#escape(event);
    else if (event.key === "ArrowUp" && !textarea.value) {
      if (this.#pane.editLast()) event.preventDefault();
    }
  }

  #inFence() {
    const { textarea } = this.#parts;
    return (
      (textarea.value.slice(0, textarea.selectionStart).match(/```/g) ?? []).length % 2 === 1 &&
      !/```\s*$/.test(textarea.value.slice(textarea.selectionStart))
    );
  }

  #escape(event) {
    if (this.#token) this.#hideSuggestions();
    else if (this.#reply.message) this.#cancelReply();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // --- sending ---

  async submit() {
    if (this.#command) {
      this.#command.submit();
      return;
    }
    const { textarea } = this.#parts;
    const text = textarea.value.trim();
    if (textarea.disabled || (!text && !this.#tray.files.length)) return;
    if (text.startsWith("/") && (await this.#submitTyped(text))) return;
    if (text !== textarea.value.trim()) return;
    this.#sendText(text);
  }

  /** A command typed or pasted whole. */
  async #submitTyped(text) {
    const match = await this.#commandIn(`${text} `);
    if (!match) return false;
    this.startCommand(match.command, match.given);
    this.#command.submit();
    return true;
  }

  #sendText(text) {
    const content = replaceNames(encodeMentions(text, this.#names()));
    if (content.length > LONGEST) {
      this.#app.overlays.toast(t("Your message is too long: {count} of {most} characters.", { count: content.length, most: LONGEST }));
      return;
    }
    const draft = { content, files: this.#tray.take(), replyTo: this.#reply.message, ping: this.#reply.ping };
    this.#parts.textarea.value = "";
    this.#reply.show(null);
    this.#typedAt = 0;
    this.#hideSuggestions();
    this.#refresh();
    this.#app.outgoing.send(this.#channelId, draft);
  }
}
