/** The introduction above the first message of a channel. */
import { avatar } from "../widgets/avatar.js";
import { isDirect, isThread } from "../state/channels.js";
import { el } from "../widgets/dom.js";
import { examples } from "./examples.js";
import { icon } from "../widgets/icons.js";
import { t } from "../words/words.js";

/** `ask`: puts an example into the composer, or null where there is nothing to try. */
export function introduction(app, channelId, ask) {
  const channel = app.store.channels.get(channelId);
  if (!channel) return null;
  const [picture, title, text] = words(app, channel);
  return el(
    "li",
    { class: "introduction" },
    el("div", { class: "introduction-picture" }, picture),
    el("h2", {}, title),
    el("p", {}, text),
    ask ? examples(app, channel, ask) : null,
  );
}

function words(app, channel) {
  const { store } = app;
  if (isDirect(channel)) {
    const other = channel.recipients?.find((user) => user.id !== store.me.id) ?? channel.recipients?.[0];
    const name = store.displayName(other);
    return [avatar(other, 80), name, t("This is the beginning of your direct messages with {name}.", { name })];
  }
  if (isThread(channel)) {
    const owner = store.users.get(channel.owner_id);
    return [
      icon("thread", 40),
      channel.name,
      owner ? t("Started by {name}", { name: store.displayName(owner, channel.guild_id) }) : t("A thread."),
    ];
  }
  return [
    icon("hash", 40),
    t("Welcome to #{channel}!", { channel: channel.name }),
    channel.topic || t("This is the start of the #{channel} channel.", { channel: channel.name }),
  ];
}
