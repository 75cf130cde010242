/** A forum channel: its posts, and a form for a new one. */
import { avatar } from "../widgets/avatar.js";
import { byActivity } from "../state/channels.js";
import { el, fill } from "../widgets/dom.js";
import { tagsOf } from "./forum_tags.js";
import { icon } from "../widgets/icons.js";
import { openPostForm } from "./forum_post_form.js";
import { createdAt } from "../state/snowflakes.js";
import { relative } from "../widgets/time.js";
import { t } from "../words/words.js";

export class ForumView {
  #app;
  #channelId = null;

  constructor(app) {
    this.#app = app;
    this.node = el("div", { class: "forum", hidden: true, data: { part: "forum" } });
    app.store.on("channels", () => {
      if (!this.node.hidden && this.#channelId) this.#render();
    });
  }

  async show(channelId) {
    this.#channelId = channelId;
    this.#render();
    const channel = this.#app.store.channels.get(channelId);
    const found = await this.#app.attempt(this.#app.api.archivedThreads(channelId));
    if (found) this.#app.store.takeThreads(channel.guild_id, found.threads);
  }

  #render() {
    const { store } = this.#app;
    const channel = store.channels.get(this.#channelId);
    const posts = store.threadsOf(this.#channelId, { archived: true }).sort(byActivity);
    const create = el(
      "button",
      {
        type: "button",
        class: "button primary",
        data: { action: "new-post" },
        on: { click: () => openPostForm(this.#app, channel) },
      },
      icon("plus", 16),
      t("New Post"),
    );
    fill(
      this.node,
      el("div", { class: "forum-head" }, el("p", {}, channel.topic || t("Posts in {channel}", { channel: channel.name })), create),
      posts.length
        ? el(
            "ul",
            { class: "posts" },
            posts.map((post) => this.#post(post)),
          )
        : el("p", { class: "quiet" }, t("There are no posts yet.")),
    );
  }

  #post(post) {
    const owner = this.#app.store.users.get(post.owner_id);
    const open = () => this.#app.goTo({ guildId: post.guild_id, channelId: post.id });
    return el(
      "li",
      { class: "post", data: { threadId: post.id } },
      el(
        "button",
        { type: "button", on: { click: open } },
        avatar(owner, 24),
        el(
          "span",
          { class: "post-text" },
          tagsOf(post, this.#app.store.channels.get(this.#channelId)),
          el("strong", {}, post.name),
          el("small", {}, this.#about(post, owner)),
        ),
      ),
    );
  }

  #about(post, owner) {
    const count = post.message_count ?? 0;
    return [
      this.#app.store.displayName(owner, post.guild_id),
      count === 1 ? t("1 message") : t("{count} messages", { count }),
      relative(createdAt(post.last_message_id ?? post.id)),
    ].join(" • ");
  }
}
