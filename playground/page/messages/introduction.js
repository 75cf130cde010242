/** The introduction above the first message of a channel. */
import { avatar } from "../widgets/avatar.js";
import { isDirect, isThread } from "../state/channels.js";
import { el } from "../widgets/dom.js";
import { icon } from "../widgets/icons.js";

export function introduction(app, channelId) {
  const channel = app.store.channels.get(channelId);
  if (!channel) return null;
  const [picture, title, text] = words(app, channel);
  return el(
    "li",
    { class: "introduction" },
    el("div", { class: "introduction-picture" }, picture),
    el("h2", {}, title),
    el("p", {}, text),
  );
}

function words(app, channel) {
  const { store } = app;
  if (isDirect(channel)) {
    const other = channel.recipients?.find((user) => user.id !== store.me.id) ?? channel.recipients?.[0];
    const name = store.displayName(other);
    return [avatar(other, 80), name, `This is the beginning of your direct messages with ${name}.`];
  }
  if (isThread(channel)) {
    const owner = store.users.get(channel.owner_id);
    return [
      icon("thread", 40),
      channel.name,
      owner ? `Started by ${store.displayName(owner, channel.guild_id)}` : "A thread.",
    ];
  }
  return [
    icon("hash", 40),
    `Welcome to #${channel.name}!`,
    channel.topic || `This is the start of the #${channel.name} channel.`,
  ];
}
