/** The members of a server, by role and presence. */
import { avatar } from "../widgets/avatar.js";
import { el, fill } from "../widgets/dom.js";
import { redrawing } from "../widgets/redraw.js";
import { t } from "../words/words.js";

export class MemberList {
  #app;
  #node;
  #render;

  constructor(app, node) {
    this.#app = app;
    this.#node = node;
    this.#render = redrawing(node, () => this.#draw());
    for (const name of ["members", "presence", "guilds"]) app.store.on(name, this.#render);
    app.on("place", this.#render);
  }

  #draw() {
    const { store, place } = this.#app;
    const members = store.members.get(place?.guildId);
    if (!members) {
      fill(this.#node);
      return;
    }
    const users = [...members.keys()]
      .map((id) => store.users.get(id))
      .filter(Boolean)
      .sort((left, right) =>
        store.displayName(left, place.guildId).localeCompare(store.displayName(right, place.guildId)),
      );
    const groups = new Map();
    for (const user of users) {
      const name = this.#groupOf(user, place.guildId);
      groups.set(name, [...(groups.get(name) ?? []), user]);
    }
    const order = [...groups.keys()].sort((left, right) => rank(left) - rank(right));
    fill(
      this.#node,
      order.map((name) => [
        el("h2", { class: "member-group" }, `${name} — ${groups.get(name).length}`),
        el(
          "ul",
          {},
          groups.get(name).map((user) => this.#member(user, place.guildId, name === t("Offline"))),
        ),
      ]),
    );
  }

  #groupOf(user, guildId) {
    const { store } = this.#app;
    const status = store.presences.get(user.id) ?? (user.id === store.me.id ? "online" : "offline");
    if (status === "offline") return t("Offline");
    return store.hoistedRole(guildId, user.id)?.name ?? t("Online");
  }

  #member(user, guildId, offline) {
    const { store } = this.#app;
    return el(
      "li",
      {},
      el(
        "button",
        {
          type: "button",
          class: offline ? "member offline" : "member",
          data: { userId: user.id },
          on: { click: (event) => this.#app.showProfile(user, guildId, event.currentTarget) },
        },
        el(
          "span",
          { class: offline ? "presence" : "presence online" },
          avatar(user, 32, store.displayName(user, guildId)),
        ),
        el(
          "span",
          { class: "member-name", style: { color: store.nameColour(user.id, guildId) } },
          store.displayName(user, guildId),
        ),
        user.bot ? el("span", { class: "app-tag" }, t("APP")) : null,
      ),
    );
  }
}

function rank(name) {
  return { [t("Online")]: 1, [t("Offline")]: 2 }[name] ?? 0;
}
