/** The tags of a forum. */
import { el } from "../widgets/dom.js";

export function tagName(tag) {
  return [tag.emoji_name, tag.name].filter(Boolean).join(" ");
}

/** A post's tags, or nothing. */
export function tagsOf(post, forum) {
  const tags = (forum?.available_tags ?? []).filter((tag) => post.applied_tags?.includes(tag.id));
  if (!tags.length) return null;
  return el(
    "span",
    { class: "tags" },
    tags.map((tag) => el("span", { class: "tag" }, tagName(tag))),
  );
}
