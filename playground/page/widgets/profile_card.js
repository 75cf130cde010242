/** The card that opens on a name. */
import { avatar, isWebhook } from "./avatar.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { longDay } from "./time.js";
import { createdAt } from "../state/snowflakes.js";
import { t } from "../words/words.js";

const USER_COMMAND = 2;

export async function showProfile(app, user, guildId, anchor) {
  const { store } = app;
  const roles = (store.guilds.get(guildId)?.roles ?? []).filter((role) =>
    store.member(guildId, user.id)?.roles?.includes(role.id),
  );
  const channelId = app.place?.channelId;
  const speaks = user.id !== store.me.id && !isWebhook(user);
  const commands = channelId && !isWebhook(user) ? await app.commands.ofType(USER_COMMAND, channelId) : [];
  const write = el(
    "button",
    {
      type: "button",
      class: "button primary",
      data: { action: "direct-message" },
      on: {
        click: () => {
          app.overlays.close();
          app.openDirect(user.id);
        },
      },
    },
    icon("home", 16),
    t("Message"),
  );
  const card = el(
    "div",
    { class: "profile", role: "dialog", "aria-label": store.displayName(user, guildId), data: { part: "profile" } },
    el("div", { class: "profile-banner" }),
    el("div", { class: "profile-picture" }, avatar(user, 72, store.displayName(user, guildId))),
    el("h2", {}, store.displayName(user, guildId), user.bot ? el("span", { class: "app-tag" }, t("APP")) : null),
    el("p", { class: "profile-name" }, user.username),
    roles.length
      ? el(
          "ul",
          { class: "roles" },
          roles.map((role) =>
            el(
              "li",
              {},
              el("i", { style: { background: role.color ? `#${role.color.toString(16).padStart(6, "0")}` : null } }),
              role.name,
            ),
          ),
        )
      : null,
    el("p", { class: "quiet" }, t("Since {day}", { day: longDay(createdAt(user.id)) })),
    speaks ? write : null,
    commands.map((command) =>
      el(
        "button",
        {
          type: "button",
          class: "button plain",
          on: {
            click: () => {
              app.overlays.close();
              app.runContextCommand(command, channelId, user.id);
            },
          },
        },
        command.name_localized ?? command.name,
      ),
    ),
  );
  app.overlays.popover(anchor, card, { side: "right", focus: card.querySelector("button") ?? card });
}
