/** Starting threads, and the list of a channel's threads, archived ones too. */
import { el } from "../widgets/dom.js";
import { openMenu } from "../widgets/menu.js";
import { Permission } from "../state/permissions.js";
import { t } from "../words/words.js";

/** Start a thread from a message, once it has a name. */
export function startThreadFrom(app, message) {
  askName(app, (message.content || t("New Thread")).slice(0, 40), (name) =>
    app.api.startThread(message.channel_id, message.id, name),
  );
}

/** Show a channel's threads beside `anchor`, with a way to start one. */
export async function listThreads(app, channel, anchor) {
  const found = await app.attempt(app.api.archivedThreads(channel.id));
  if (found) app.store.takeThreads(channel.guild_id, found.threads);
  const threads = app.store.threadsOf(channel.id, { archived: true });
  const start = () => askName(app, "", (name) => app.api.startLooseThread(channel.id, name));
  const items = threads.map((thread) => ({
    label: thread.name,
    note: thread.thread_metadata?.archived ? t("archived") : null,
    icon: "thread",
    id: `thread:${thread.id}`,
    run: () => app.openThread(thread),
  }));
  const mayStart = app.store.may(Permission.CREATE_PUBLIC_THREADS, channel.id);
  openMenu(
    app.overlays,
    anchor,
    [
      { heading: threads.length ? t("Threads") : t("There are no threads here yet") },
      ...items,
      mayStart && "line",
      mayStart && { label: t("Create Thread"), icon: "plus", id: "new-thread", run: start },
    ],
    { label: t("Threads") },
  );
}

/** Ask for a thread's name; `create(name)` resolves to the thread, which is then opened. */
function askName(app, suggested, create) {
  const name = el("input", {
    class: "text-input",
    type: "text",
    maxlength: 100,
    required: true,
    "aria-label": t("Thread name"),
    value: suggested,
  });
  const form = el(
    "form",
    { class: "form" },
    el("h2", {}, t("Create Thread")),
    el("label", { class: "field" }, el("span", { class: "field-label" }, t("Thread name")), name),
    el("div", { class: "dialog-actions" }, el("button", { type: "submit", class: "button primary" }, t("Create Thread"))),
  );
  const close = app.overlays.dialog(form, { label: t("Create Thread") });
  name.select();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    close();
    const thread = await app.attempt(create(name.value));
    if (thread) app.openThread(thread);
  });
}
