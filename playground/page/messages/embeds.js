/** Embeds: a bot's rich cards and the previews of links. */
import { el } from "../widgets/dom.js";
import { picture } from "./attachments.js";
import { messageTime } from "../widgets/time.js";

/** DOM node of one embed. */
export function embed(app, data, guildId) {
  const colour =
    data.color === null || data.color === undefined ? null : `#${data.color.toString(16).padStart(6, "0")}`;
  const type = data.type ?? "rich";
  if (type === "image" && data.thumbnail) return picture(app, data.thumbnail, { alt: data.title ?? "" });
  return el(
    "article",
    { class: "embed", data: { part: "embed", type }, style: { "--accent": colour } },
    el(
      "div",
      { class: "embed-body" },
      provider(data),
      author(data),
      title(app, data, guildId),
      data.description ? app.markup.block(data.description, guildId, { label: "markup embed-description" }) : null,
      fields(app, data, guildId),
    ),
    data.thumbnail
      ? el("div", { class: "embed-thumbnail" }, picture(app, data.thumbnail, { widest: 80, tallest: 80 }))
      : null,
    data.image
      ? el(
          "div",
          { class: "embed-image" },
          picture(app, data.image, { widest: 400, tallest: 300, alt: data.title ?? "" }),
        )
      : null,
    footer(data),
  );
}

function anchor(url, text, name) {
  return url
    ? el("a", { class: `link ${name}`, href: url, target: "_blank", rel: "noopener noreferrer" }, text)
    : el("span", { class: name }, text);
}

function provider({ provider: from }) {
  return from?.name ? el("div", { class: "embed-provider" }, from.name) : null;
}

function author({ author: by }) {
  return by?.name ? el("div", { class: "embed-author" }, anchor(by.url, by.name, "embed-author-name")) : null;
}

function title(app, data, guildId) {
  if (!data.title) return null;
  const text = data.url ? anchor(data.url, data.title, "embed-title-link") : app.markup.inline(data.title, guildId);
  return el("div", { class: "embed-title" }, text);
}

function fields(app, data, guildId) {
  if (!data.fields?.length) return null;
  return el(
    "div",
    { class: "embed-fields" },
    data.fields.map((field) =>
      el(
        "div",
        { class: field.inline ? "embed-field inline" : "embed-field" },
        el("div", { class: "embed-field-name" }, app.markup.inline(field.name, guildId)),
        app.markup.block(field.value, guildId, { label: "markup" }),
      ),
    ),
  );
}

function footer({ footer: below, timestamp }) {
  const parts = [below?.text, timestamp ? messageTime(new Date(timestamp)) : null].filter(Boolean);
  return parts.length ? el("div", { class: "embed-footer" }, parts.join(" • ")) : null;
}
