/** One message as a list item. The attributes that tests may use are listed in main.js. */
import { avatar } from "../widgets/avatar.js";
import { Components, IS_COMPONENTS_V2 } from "../components/components.js";
import { el } from "../widgets/dom.js";
import { embed } from "./embeds.js";
import { icon } from "../widgets/icons.js";
import { attachments } from "./attachments.js";
import { toolbar } from "./message_actions.js";
import { Flag } from "../state/message_flags.js";
import { preview } from "./one_line_preview.js";
import { poll } from "./poll.js";
import { createdAt } from "../state/snowflakes.js";
import { isPlain, systemMessage } from "./system_message.js";
import { threadPreview } from "./thread_card.js";
import { clock, exact, messageTime } from "../widgets/time.js";
import { t, words } from "../words/words.js";

const REPLY = 19;
const THREAD_STARTER = 21;
const TOGETHER_MS = 7 * 60_000;

/** Whether `message` continues the one above it, so that name and picture need not be shown again. */
export function isContinued(above, message) {
  if (!above || above.author.id !== message.author.id || message.type !== 0 || !isPlain(above)) return false;
  if (above.author.username !== message.author.username) return false; // a webhook has a name for each message
  if (message.message_reference || message.interaction_metadata || above.state === "note" || message.state === "note")
    return false;
  if (((above.flags ?? 0) ^ (message.flags ?? 0)) & Flag.EPHEMERAL) return false;
  return createdAt(message.id) - createdAt(above.id) < TOGETHER_MS;
}

/** `view`: {app, pane, guildId, continued, editor (node that replaces the text) | null}. */
export function messageView(message, view) {
  if (message.type === THREAD_STARTER) {
    const original = message.referenced_message;
    if (!original) return row(message, view, [el("em", { class: "gone" }, t("The first message was deleted"))]);
    return row(message, view, body(original, { ...view, readOnly: true, continued: false }));
  }
  if (!isPlain(message)) return row(message, view, [systemMessage(message, view)]);
  return row(message, view, body(message, view));
}

function row(message, view, children) {
  const { app, guildId } = view;
  const flags = message.flags ?? 0;
  const author = app.store.displayName(message.author, guildId);
  const node = el(
    "li",
    {
      class: classes(message, view),
      tabindex: -1,
      "aria-label": `${author}, ${messageTime(sentAt(message))}`,
      data: {
        messageId: message.id,
        authorId: message.author.id,
        author,
        mine: message.author.id === app.store.me.id,
        bot: Boolean(message.author.bot),
        ephemeral: Boolean(flags & Flag.EPHEMERAL),
        local: message.local ? (message.state ?? "note") : null,
        v2: Boolean(flags & IS_COMPONENTS_V2),
      },
    },
    children,
    message.local ? null : toolbar(message, view),
  );
  node.addEventListener("contextmenu", (event) => app.actions.contextMenu(event, message, view));
  node.addEventListener("keydown", (event) => app.actions.key(event, message, view));
  return node;
}

function classes(message, { app, continued }) {
  const names = ["message"];
  if (continued) names.push("continued");
  if (message.state === "sending") names.push("sending");
  if (message.state === "failed") names.push("failed");
  if (!isPlain(message)) names.push("system");
  if ((message.flags ?? 0) & Flag.EPHEMERAL) names.push("ephemeral");
  if (mentionsMe(app.store, message)) names.push("mentions-me");
  return names.join(" ");
}

function mentionsMe(store, message) {
  if (message.author.id === store.me.id) return false;
  if (message.mention_everyone) return true;
  return (message.mentions ?? []).some((user) => user.id === store.me.id);
}

function sentAt(message) {
  return message.timestamp ? new Date(message.timestamp) : createdAt(message.id);
}

function body(message, view) {
  return [
    view.continued ? hoverTime(message) : null,
    context(message, view),
    view.continued ? null : avatar(message.author, 40, view.app.store.displayName(message.author, view.guildId)),
    view.continued ? null : header(message, view),
    content(message, view),
  ];
}

function hoverTime(message) {
  const date = sentAt(message);
  return el(
    "time",
    { class: "hover-time", datetime: date.toISOString(), title: exact(date), "aria-hidden": "true" },
    clock(date),
  );
}

function header(message, { app, guildId }) {
  const date = sentAt(message);
  const name = app.store.displayName(message.author, guildId);
  return el(
    "h3",
    { class: "message-header" },
    el(
      "button",
      {
        type: "button",
        class: "author",
        style: { color: app.store.nameColour(message.author.id, guildId) },
        on: { click: (event) => app.showProfile(message.author, guildId, event.currentTarget) },
      },
      name,
    ),
    message.author.bot ? el("span", { class: "app-tag" }, t("APP")) : null,
    el("time", { class: "sent-at", datetime: date.toISOString(), title: exact(date) }, messageTime(date)),
  );
}

/** The line above a message: the message that it replies to, or the command that somebody used. */
function context(message, view) {
  const used = message.interaction_metadata ?? message.interaction;
  if (used?.user && used.name && !message.message_reference) return commandContext(used, view);
  if (message.type !== REPLY) return null;
  return replyContext(message, view);
}

function commandContext(used, { app, guildId }) {
  const slash = (used.command_type ?? 1) === 1;
  return el(
    "div",
    { class: "context", data: { part: "command-context" } },
    el("i", { class: "elbow" }),
    avatar(used.user, 16),
    words("{name} used {command}", {
      name: el("span", { class: "context-name" }, app.store.displayName(used.user, guildId)),
      command: el("span", { class: "command-name" }, slash ? `/${used.name}` : used.name),
    }),
  );
}

function replyContext(message, { app, guildId }) {
  const original = message.referenced_message;
  if (!original) {
    return el(
      "div",
      { class: "context", data: { part: "reply-context" } },
      el("i", { class: "elbow" }),
      icon("reply", 14),
      el("em", {}, t("Original message was deleted")),
    );
  }
  const place = { guildId: guildId ?? "@me", channelId: original.channel_id, messageId: original.id };
  const mention = (message.mentions ?? []).some((user) => user.id === original.author.id) ? "@" : "";
  return el(
    "div",
    { class: "context", data: { part: "reply-context" } },
    el("i", { class: "elbow" }),
    avatar(original.author, 16),
    el(
      "span",
      { class: "context-name", style: { color: app.store.nameColour(original.author.id, guildId) } },
      `${mention}${app.store.displayName(original.author, guildId)}`,
    ),
    el(
      "button",
      {
        type: "button",
        class: "context-text",
        "aria-label": t("Jump to the message that this answers"),
        on: { click: () => app.goTo(place) },
      },
      preview(app.store, original, guildId) || t("Click to see the message"),
    ),
  );
}

function content(message, view) {
  const { app, guildId, editor } = view;
  return el(
    "div",
    { class: "message-body" },
    editor ?? text(message, view),
    message.attachments?.length && !(message.flags & IS_COMPONENTS_V2) ? attachments(app, message.attachments) : null,
    (message.flags ?? 0) & Flag.SUPPRESS_EMBEDS ? null : (message.embeds ?? []).map((one) => embed(app, one, guildId)),
    message.poll ? poll(message, view) : null,
    components(message, app),
    interactionFailure(message, app),
    reactions(message, view),
    view.readOnly ? null : threadPreview(message, view),
    localState(message, app),
    (message.flags ?? 0) & Flag.EPHEMERAL ? privateNote(message, app) : null,
  );
}

function text(message, { app, guildId }) {
  if ((message.flags ?? 0) & Flag.LOADING) return thinking(message, app, guildId);
  const edited = message.edited_timestamp ? editedMark(message) : null;
  if (!message.content) return null;
  const block = app.markup.block(message.content, guildId, { jumbo: true });
  if (edited) block.append(" ", edited);
  return block;
}

function editedMark(message) {
  return el(
    "time",
    { class: "edited", datetime: message.edited_timestamp, title: exact(new Date(message.edited_timestamp)) },
    t("(edited)"),
  );
}

function thinking(message, app, guildId) {
  return el(
    "div",
    { class: "thinking", data: { part: "thinking" } },
    el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
    t("{name} is thinking…", { name: app.store.displayName(message.author, guildId) }),
  );
}

function components(message, app) {
  if (!message.components?.length) return null;
  const nodes = new Components(app, message).nodes(message.components);
  const isV2 = (message.flags ?? 0) & IS_COMPONENTS_V2;
  return el(
    "div",
    { class: isV2 ? "components v2" : "components", data: { part: "components" } },
    nodes,
    isV2 && message.edited_timestamp ? editedMark(message) : null,
  );
}

function interactionFailure(message, app) {
  const failed = app.interactions.stateOf(message.id)?.failed;
  return failed
    ? el(
        "div",
        { class: "interaction-failed", role: "alert", data: { part: "interaction-failed" } },
        icon("alert", 16),
        failed,
      )
    : null;
}

function reactions(message, { app, pane }) {
  if (!message.reactions?.length) return null;
  const buttons = message.reactions.map((reaction) => {
    const name = reaction.emoji.id ? `:${reaction.emoji.name}:` : reaction.emoji.name;
    return el(
      "button",
      {
        type: "button",
        class: "reaction",
        "aria-pressed": String(reaction.me),
        "aria-label": reaction.count === 1 ? t("{name}, 1 reaction", { name }) : t("{name}, {count} reactions", { name, count: reaction.count }),
        data: { emoji: reaction.emoji.name },
        on: { click: () => app.actions.toggleReaction(message, reaction) },
      },
      el("span", { class: "emoji" }, name),
      el("span", { class: "reaction-count" }, reaction.count),
    );
  });
  const add = el(
    "button",
    {
      type: "button",
      class: "reaction add",
      "aria-label": t("Add reaction"),
      on: { click: (event) => app.actions.pickReaction(event.currentTarget, message, pane) },
    },
    icon("smile", 16),
  );
  return el(
    "div",
    { class: "reactions", role: "group", "aria-label": t("Reactions"), data: { part: "reactions" } },
    buttons,
    add,
  );
}

function localState(message, app) {
  if (message.state !== "failed") return null;
  return el(
    "div",
    { class: "send-failed", role: "alert" },
    icon("alert", 16),
    message.problem ?? t("The message was not sent."),
    el(
      "button",
      {
        type: "button",
        class: "text-button",
        data: { action: "retry" },
        on: { click: () => app.outgoing.retry(message) },
      },
      t("Retry"),
    ),
    el(
      "button",
      {
        type: "button",
        class: "text-button",
        data: { action: "discard" },
        on: { click: () => app.store.dropLocal(message.channel_id, message.id) },
      },
      t("Delete"),
    ),
  );
}

function privateNote(message, app) {
  return el(
    "div",
    { class: "private-note" },
    icon("eye", 16),
    t("Only you can see this"),
    " • ",
    el(
      "button",
      {
        type: "button",
        class: "text-button",
        data: { action: "dismiss" },
        on: { click: () => app.store.dropLocal(message.channel_id, message.id) },
      },
      t("Dismiss message"),
    ),
  );
}
