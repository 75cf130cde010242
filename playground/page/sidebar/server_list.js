/** The column of servers, with direct messages on top. */
import { logo, guildPicture } from "../widgets/avatar.js";
import { el, fill } from "../widgets/dom.js";
import { redrawing } from "../widgets/redraw.js";
import { isDirect } from "../state/channels.js";
import { t } from "../words/words.js";

export class Rail {
  #app;
  #node;
  #render;

  constructor(app, node) {
    this.#app = app;
    this.#node = node;
    this.#render = redrawing(node, () => this.#draw());
    for (const name of ["guilds", "channels", "unread", "me"]) app.store.on(name, this.#render);
    app.on("place", this.#render);
  }

  #draw() {
    const { store, place } = this.#app;
    const direct = store.directChannels();
    fill(
      this.#node,
      el(
        "ul",
        {},
        this.#entry({
          id: "@me",
          label: t("Direct Messages"),
          picture: logo(48, 0),
          channels: direct,
          selected: place?.guildId === "@me",
        }),
        el("li", { class: "rail-line", role: "separator" }),
        [...store.guilds.values()].map((guild) =>
          this.#entry({
            id: guild.id,
            label: guild.name,
            picture: guildPicture(guild),
            selected: place?.guildId === guild.id,
            channels: [...store.channels.values()].filter(
              (channel) => channel.guild_id === guild.id && !isDirect(channel),
            ),
          }),
        ),
      ),
    );
  }

  #entry({ id, label, picture, channels, selected }) {
    const { store } = this.#app;
    const mentions = channels.reduce((sum, channel) => sum + store.mentionCount(channel.id), 0);
    const unread = channels.some((channel) => store.isUnread(channel.id));
    const note = mentions
      ? `, ${mentions === 1 ? t("1 mention") : t("{count} mentions", { count: mentions })}`
      : unread
        ? `, ${t("unread messages")}`
        : "";
    return el(
      "li",
      { class: "rail-entry", data: { selected, unread } },
      el("i", { class: "rail-pill" }),
      el(
        "button",
        {
          type: "button",
          class: "rail-button",
          "aria-label": label + note,
          title: label,
          "aria-current": selected ? "page" : null,
          data: { guildId: id },
          on: { click: () => this.#app.openGuild(id) },
        },
        picture,
      ),
      mentions ? el("span", { class: "badge", "aria-hidden": "true" }, mentions > 99 ? "99+" : mentions) : null,
    );
  }
}
