/** A Markdown tree (markdown.js) as DOM nodes. Every piece of text becomes a text node. */
import { el } from "../widgets/dom.js";
import { highlight } from "./syntax_highlighting.js";
import { icon } from "../widgets/icons.js";
import { placeOf } from "../state/addresses.js";
import { parse } from "./parser.js";
import { isJumbo } from "./plain_text.js";
import { isThread } from "../state/channels.js";
import { exact, stamp } from "../widgets/time.js";
import { t } from "../words/words.js";

export class Markup {
  #app;

  /** `app` gives names (`store`) and opens what is clicked (`goTo`, `showProfile`, `startCommand`). */
  constructor(app) {
    this.#app = app;
  }

  /** A block element holding the rendered `text` as seen in `guildId`. */
  block(text, guildId, { jumbo = false, label = "markup" } = {}) {
    const nodes = parse(text);
    const large = jumbo && isJumbo(nodes);
    return el(
      "div",
      { class: large ? `${label} jumbo` : label, data: { part: "content" } },
      this.nodes(nodes, guildId),
    );
  }

  /** The rendered `text` without a box of its own. */
  inline(text, guildId) {
    return this.nodes(parse(text), guildId);
  }

  nodes(nodes, guildId) {
    return nodes.map((node) => this.#node(node, guildId));
  }

  #node(node, guildId) {
    const children = () => this.nodes(node.children, guildId);
    switch (node.type) {
      case "text":
        return document.createTextNode(node.text);
      case "break":
        return document.createTextNode("\n");
      case "strong":
        return el("strong", {}, children());
      case "em":
        return el("em", {}, children());
      case "underline":
        return el("u", {}, children());
      case "strike":
        return el("s", {}, children());
      case "spoiler":
        return spoiler(children());
      case "code":
        return el("code", { class: "code" }, node.text);
      case "fence":
        return fence(node);
      case "quote":
        return el("blockquote", {}, children());
      case "heading":
        return el(`h${node.level + 2}`, { class: `heading level-${node.level}` }, children());
      case "subtext":
        return el("div", { class: "subtext" }, children());
      case "list":
        return this.#list(node, guildId);
      case "link":
        return this.#link(node, guildId);
      case "user":
        return this.#user(node.id, guildId);
      case "channel":
        return this.#channel(node.id);
      case "role":
        return this.#role(node.id, guildId);
      case "everyone":
        return el("span", { class: "mention" }, node.name);
      case "emoji":
        return el("span", { class: "emoji-name", title: `:${node.name}:` }, `:${node.name}:`);
      case "command":
        return this.#command(node);
      case "time":
        return time(node);
      default:
        throw new Error(`unknown Markdown node: ${node.type}`);
    }
  }

  #list(node, guildId) {
    const items = node.items.map((item) => el("li", {}, this.nodes(item, guildId)));
    return el(node.ordered ? "ol" : "ul", node.ordered ? { start: node.start } : {}, items);
  }

  #link(node, guildId) {
    const place = placeOf(node.href);
    const known = place && this.#app.store.channels.has(place.channelId);
    if (known && node.bare) return this.#place(place, node.href);
    const open = known && ((event) => this.#goTo(event, place));
    return el(
      "a",
      {
        class: "link",
        href: node.href,
        title: node.title || (node.bare ? null : node.href),
        rel: "noopener noreferrer",
        target: known ? null : "_blank",
        on: { click: open },
      },
      this.nodes(node.children, guildId),
    );
  }

  #goTo(event, place) {
    event.preventDefault();
    this.#app.goTo(place);
  }

  /** A bare link to a channel or message is shown as its place, as Discord does. */
  #place(place, href) {
    const channel = this.#app.store.channels.get(place.channelId);
    return el(
      "a",
      { class: "mention place", href, on: { click: (event) => this.#goTo(event, place) } },
      icon(isThread(channel) ? "thread" : "hash", 14),
      channelTitle(this.#app.store, channel),
      place.messageId ? " › 💬" : null,
    );
  }

  #user(id, guildId) {
    const user = this.#app.store.users.get(id);
    if (!user) return el("span", { class: "mention", data: { userId: id } }, `<@${id}>`);
    const show = (event) => this.#app.showProfile(user, guildId, event.currentTarget);
    return el(
      "button",
      { class: "mention", type: "button", data: { userId: id }, on: { click: show } },
      `@${this.#app.store.displayName(user, guildId)}`,
    );
  }

  #channel(id) {
    const channel = this.#app.store.channels.get(id);
    if (!channel) return el("span", { class: "mention" }, `#${t("unknown")}`);
    const open = () => this.#app.goTo({ guildId: channel.guild_id ?? "@me", channelId: id, messageId: null });
    return el(
      "button",
      { class: "mention place", type: "button", on: { click: open } },
      icon(isThread(channel) ? "thread" : "hash", 14),
      channelTitle(this.#app.store, channel),
    );
  }

  #role(id, guildId) {
    const role = this.#app.store.guilds.get(guildId)?.roles?.find((one) => one.id === id);
    const colour = role?.color ? `#${role.color.toString(16).padStart(6, "0")}` : null;
    return el(
      "span",
      { class: "mention", style: { color: colour } },
      role ? `@${role.name.replace(/^@/, "")}` : `@${t("unknown role")}`,
    );
  }

  #command(node) {
    const start = () => this.#app.startCommand(node.id, node.name);
    return el("button", { class: "mention", type: "button", on: { click: start } }, `/${node.name}`);
  }
}

function channelTitle(store, channel) {
  return channel.name ?? channel.recipients?.map((user) => store.displayName(user)).join(", ") ?? t("unknown");
}

function spoiler(children) {
  const inside = el("span", { class: "spoiler-text" }, children);
  const node = el(
    "span",
    {
      class: "spoiler",
      role: "button",
      tabindex: 0,
      "aria-label": t("Spoiler"),
      "aria-expanded": "false",
      data: { state: "hidden" },
    },
    inside,
  );
  inside.inert = true;
  const show = (event) => {
    if (node.dataset.state === "shown" || (event.key && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    reveal(node, inside);
  };
  node.addEventListener("click", show);
  node.addEventListener("keydown", show);
  return node;
}

function reveal(node, inside) {
  node.dataset.state = "shown";
  inside.inert = false;
  for (const name of ["role", "tabindex", "aria-label", "aria-expanded"]) node.removeAttribute(name);
}

function fence({ language, text }) {
  const pieces = highlight(text, language).map(({ kind, text: piece }) =>
    kind ? el("span", { class: `hl-${kind}` }, piece) : document.createTextNode(piece),
  );
  const label = language ? t("Code, {language}", { language }) : t("Code");
  return el(
    "pre",
    { class: "fence", tabindex: 0, "aria-label": label },
    el("code", { data: { language: language || null } }, pieces),
  );
}

function time({ at, style }) {
  const date = new Date(at * 1000);
  if (Number.isNaN(date.getTime())) return el("span", { class: "timestamp" }, t("Invalid date"));
  return el(
    "time",
    {
      class: "timestamp",
      datetime: date.toISOString(),
      title: exact(date),
      data: { live: style === "R" },
    },
    stamp(date, style),
  );
}
