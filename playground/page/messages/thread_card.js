/** The card below a message that a thread was started from. */
import { avatar } from "../widgets/avatar.js";
import { el } from "../widgets/dom.js";
import { preview } from "./one_line_preview.js";
import { createdAt } from "../state/snowflakes.js";
import { relative } from "../widgets/time.js";
import { t } from "../words/words.js";

export function threadPreview(message, { app, guildId }) {
  const thread = app.store.channels.get(message.id) ?? message.thread;
  if (!thread?.name || message.channel_id === thread.id) return null;
  const count = thread.message_count ?? 0;
  return el(
    "div",
    { class: "thread-preview", data: { part: "thread-preview", threadId: thread.id } },
    el("i", { class: "thread-elbow" }),
    el(
      "div",
      { class: "thread-card", on: { click: () => app.openThread(thread) } },
      el(
        "div",
        { class: "thread-title" },
        el("button", { type: "button", class: "thread-name" }, thread.name),
        el(
          "button",
          { type: "button", class: "text-button", tabindex: -1 },
          `${count === 0 ? t("See Thread") : count === 1 ? t("1 Message") : t("{count} Messages", { count })} ›`,
        ),
      ),
      lastLine(app, thread, guildId),
    ),
  );
}

function lastLine(app, thread, guildId) {
  const last = app.store.history(thread.id).newestPublic;
  if (!last) {
    const when = thread.message_count
      ? relative(createdAt(thread.last_message_id))
      : t("There are no recent messages in this thread.");
    return el("div", { class: "thread-last" }, thread.thread_metadata?.archived ? t("This thread is archived.") : when);
  }
  return el(
    "div",
    { class: "thread-last" },
    avatar(last.author, 16),
    el("span", { class: "thread-last-author" }, app.store.displayName(last.author, guildId)),
    el("span", { class: "thread-last-text" }, preview(app.store, last, guildId)),
    el(
      "time",
      { class: "thread-last-time", datetime: last.timestamp, data: { live: true } },
      relative(createdAt(last.id)),
    ),
  );
}
