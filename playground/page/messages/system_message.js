/** Messages that Discord itself writes in a channel: "x started a thread", "x joined", "x pinned a message". */
import { el } from "../widgets/dom.js";
import { icon } from "../widgets/icons.js";
import { pollResult } from "./poll.js";
import { messageTime } from "../widgets/time.js";
import { t, words } from "../words/words.js";

const PLAIN = new Set([0, 19, 20, 21, 23]);
const THREAD_CREATED = 18;
const POLL_RESULT = 46;

/** Whether a message is a person's or a bot's own words. */
export function isPlain(message) {
  return PLAIN.has(message.type ?? 0);
}

export function systemMessage(message, { app, guildId }) {
  const name = el(
    "button",
    {
      type: "button",
      class: "author",
      style: { color: app.store.nameColour(message.author.id, guildId) },
      on: { click: (event) => app.showProfile(message.author, guildId, event.currentTarget) },
    },
    app.store.displayName(message.author, guildId),
  );
  const [picture, text, below = null] = wording(message, app, name);
  const date = new Date(message.timestamp);
  return el(
    "div",
    { class: "system-line", data: { part: "system", type: message.type } },
    icon(picture, 18),
    el("span", {}, text, " ", el("time", { class: "sent-at", datetime: date.toISOString() }, messageTime(date)), below),
  );
}

function wording(message, app, name) {
  const place = message.message_reference;
  const open = () =>
    app.goTo({
      guildId: place?.guild_id ?? "@me",
      channelId: place?.channel_id ?? message.channel_id,
      messageId: place?.message_id ?? null,
    });
  const link = (text) => el("button", { type: "button", class: "text-button strong", on: { click: open } }, text);
  switch (message.type) {
    case THREAD_CREATED:
      return ["thread", words("{name} started a thread: {thread}.", { name, thread: link(message.content) })];
    case 1:
      return ["arrow", words("{name} added someone to the conversation.", { name })];
    case 2:
      return ["arrow", words("{name} removed someone from the conversation.", { name })];
    case 4:
      return ["edit", words("{name} changed the name to {title}.", { name, title: el("strong", {}, message.content) })];
    case 6:
      return ["pin", words("{name} pinned {message} to this channel.", { name, message: link(t("a message")) })];
    case POLL_RESULT: {
      const { line, card } = pollResult(message, name, open);
      return ["poll", line, card];
    }
    case 7:
      return ["arrow", words("{name} joined the server.", { name })];
    default:
      return ["alert", message.content ? [name, `: ${message.content}`] : words("{name} did something that this page cannot show.", { name })];
  }
}
