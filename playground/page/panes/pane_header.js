/** The bar above a conversation: what it is, and the buttons beside it. */
import { avatar } from "../widgets/avatar.js";
import { isDirect, isForum, isThread } from "../state/channels.js";
import { el } from "../widgets/dom.js";
import { icon } from "../widgets/icons.js";
import { t } from "../words/words.js";

export function paneHeader(app, channel, pane) {
  const main = pane.kind === "main";
  return [
    main ? button("menu", t("Show channels"), "channels", () => app.showDrawer("channels"), "only-phone") : null,
    picture(app, channel),
    isThread(channel) && main ? parentLink(app, channel) : null,
    el("h1", { class: "pane-title", data: { part: "title" } }, app.titleOf(channel)),
    channel.topic && !isForum(channel)
      ? el("span", { class: "pane-topic", title: channel.topic }, channel.topic)
      : null,
    el("span", { class: "spring" }),
    channel.guild_id && !isThread(channel) && !isForum(channel)
      ? button("thread", t("Threads"), "threads", (event) => app.listThreads(channel, event.currentTarget))
      : null,
    isThread(channel) && !channel.thread_metadata?.archived ? membership(app, channel) : null,
    channel.guild_id && main ? button("members", t("Member list"), "members", () => app.toggleMembers()) : null,
    main ? null : button("close", t("Close thread"), "close-side", () => app.closeSide()),
  ];
}

function picture(app, channel) {
  if (isDirect(channel)) return avatar(app.otherIn(channel), 24);
  return icon(isThread(channel) ? "thread" : isForum(channel) ? "forum" : "hash", 22);
}

/** Threads that one has joined stand in the sidebar. Writing there joins too. */
function membership(app, thread) {
  const joined = app.store.hasJoined(thread);
  const change = () => app.attempt(joined ? app.api.leaveThread(thread.id) : app.api.joinThread(thread.id));
  return joined
    ? button("check", t("Leave Thread"), "leave-thread", change)
    : button("plus", t("Join Thread"), "join-thread", change);
}

function parentLink(app, thread) {
  const parent = app.store.channels.get(thread.parent_id);
  if (!parent) return null;
  const open = () => app.goTo({ guildId: parent.guild_id, channelId: parent.id });
  return [el("button", { type: "button", class: "pane-parent", on: { click: open } }, parent.name), icon("right", 14)];
}

function button(name, label, id, run, className = "") {
  return el(
    "button",
    {
      type: "button",
      class: `icon-button ${className}`,
      "aria-label": label,
      title: label,
      data: { action: id },
      on: { click: run },
    },
    icon(name, 22),
  );
}
