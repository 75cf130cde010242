/** What to try first: in a channel without messages, examples that fill the composer. Dismissed once, they stay away. */
import { el } from "../widgets/dom.js";
import { icon } from "../widgets/icons.js";
import { isDirect, isThread } from "../state/channels.js";
import { t } from "../words/words.js";

const DISMISSED = "examples-dismissed";

/** `ask(text)` puts a question into the composer. Null where there is no bot to ask, or they were dismissed. */
export function examples(app, channel, ask) {
  if (isThread(channel) || localStorage.getItem(DISMISSED)) return null;
  const bot = botIn(app.store, channel);
  if (!bot) return null;
  const name = app.store.displayName(bot, channel.guild_id);
  const address = isDirect(channel) ? "" : `@${name} `;
  const group = el(
    "div",
    { class: "examples", role: "group", "aria-label": t("Examples to try"), data: { part: "examples" } },
    el("p", { class: "examples-head" }, t("Try asking {name}", { name })),
    samples().map(({ picture, title, text }) =>
      el(
        "button",
        { type: "button", class: "example", data: { action: "example" }, on: { click: () => ask(address + text) } },
        icon(picture, 20),
        el("span", { class: "example-text" }, el("strong", {}, title), el("span", {}, text)),
      ),
    ),
    el(
      "button",
      { type: "button", class: "text-button", data: { action: "dismiss-examples" }, on: { click: () => dismiss() } },
      t("No, thanks"),
    ),
  );
  const dismiss = () => {
    localStorage.setItem(DISMISSED, "yes");
    group.remove();
    ask(null);
  };
  return group;
}

function samples() {
  return [
    { picture: "edit", title: t("Solve an equation"), text: t("Solve 3x + 11 = 14") },
    { picture: "smile", title: t("Have something explained"), text: t("What is a derivative?") },
    { picture: "check", title: t("Take a quiz"), text: t("Quiz me on fractions, 3 questions") },
  ];
}

function botIn(store, channel) {
  const ids = isDirect(channel)
    ? (channel.recipients ?? []).map((user) => user.id)
    : [...(store.members.get(channel.guild_id)?.keys() ?? [])];
  return ids.map((id) => store.users.get(id)).find((user) => user?.bot);
}
