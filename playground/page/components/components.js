/**
 * Message components, old and new: action rows with buttons and selects, and Components V2 (container, section, text display,
 * separator, media gallery, thumbnail, file). Numbers are Discord's (docs: components/reference).
 */
import { el } from "../widgets/dom.js";
import { icon } from "../widgets/icons.js";
import { covered, fileCard, mosaic, picture } from "../messages/attachments.js";
import { selectMenu } from "./select_menu.js";
import { t } from "../words/words.js";

export const ComponentType = {
  ACTION_ROW: 1,
  BUTTON: 2,
  STRING_SELECT: 3,
  TEXT_INPUT: 4,
  USER_SELECT: 5,
  ROLE_SELECT: 6,
  MENTIONABLE_SELECT: 7,
  CHANNEL_SELECT: 8,
  SECTION: 9,
  TEXT_DISPLAY: 10,
  THUMBNAIL: 11,
  MEDIA_GALLERY: 12,
  FILE: 13,
  SEPARATOR: 14,
  CONTAINER: 17,
  LABEL: 18,
  FILE_UPLOAD: 19,
  RADIO_GROUP: 21,
  CHECKBOX_GROUP: 22,
  CHECKBOX: 23,
};

export const IS_COMPONENTS_V2 = 1 << 15;

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "primary" };
const LINK = 5;

/** One message's components as DOM nodes. */
export class Components {
  #app;
  #message;
  #state;
  #guildId;

  constructor(app, message) {
    this.#app = app;
    this.#message = message;
    this.#state = app.interactions.stateOf(message.id);
    this.#guildId = app.store.channels.get(message.channel_id)?.guild_id ?? null;
  }

  nodes(components) {
    return components.map((component) => this.#node(component));
  }

  #node(component) {
    const type = ComponentType;
    switch (component.type) {
      case type.ACTION_ROW:
        return el("div", { class: "action-row", role: "group" }, this.nodes(component.components));
      case type.BUTTON:
        return this.#button(component);
      case type.STRING_SELECT:
      case type.USER_SELECT:
      case type.ROLE_SELECT:
      case type.MENTIONABLE_SELECT:
      case type.CHANNEL_SELECT:
        return this.#select(component);
      case type.SECTION:
        return this.#section(component);
      case type.TEXT_DISPLAY:
        return this.#app.markup.block(component.content, this.#guildId, { label: "markup text-display" });
      case type.THUMBNAIL:
        return this.#thumbnail(component);
      case type.MEDIA_GALLERY:
        return this.#gallery(component);
      case type.FILE:
        return this.#file(component);
      case type.SEPARATOR:
        return separator(component);
      case type.CONTAINER:
        return this.#container(component);
      default:
        return el("div", { class: "unknown-component" }, t("(component of type {type})", { type: component.type }));
    }
  }

  get #pending() {
    return this.#state !== null && this.#state.failed === null;
  }

  #isPressed(component) {
    return this.#pending && this.#state.customId === component.custom_id;
  }

  #button(component) {
    const style = STYLES[component.style] ?? "secondary";
    const face = [
      emoji(component.emoji),
      component.label ? el("span", { class: "button-label" }, component.label) : null,
    ];
    if (component.style === LINK) return this.#linkButton(component, face);
    const pressed = this.#isPressed(component);
    const press = () => this.#app.interactions.use(this.#message, component);
    return el(
      "button",
      {
        type: "button",
        class: `button ${style}`,
        disabled: component.disabled,
        "aria-disabled": this.#pending || null,
        "aria-busy": pressed || null,
        "aria-label": component.label ? null : component.emoji?.name,
        data: { customId: component.custom_id, style, state: pressed ? "pending" : null },
        on: { click: press },
      },
      face,
      pressed ? el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")) : null,
    );
  }

  #linkButton(component, face) {
    const url = component.disabled ? null : component.url;
    return el(
      "a",
      {
        class: "button link-button",
        href: url,
        target: "_blank",
        rel: "noopener noreferrer",
        role: url ? null : "link",
        "aria-disabled": component.disabled || null,
        data: { style: "link" },
        on: { click: (event) => this.#app.followLink(event, url) },
      },
      face,
      icon("external", 16),
    );
  }

  #select(component) {
    return selectMenu(this.#app, component, {
      guildId: this.#guildId,
      chosen: this.#app.choices.get(this.#message.id, component.custom_id),
      pending: this.#isPressed(component),
      disabled: component.disabled,
      choose: (values) => {
        this.#app.choices.set(this.#message.id, component.custom_id, values);
        this.#app.interactions.use(this.#message, component, values);
      },
    });
  }

  #section(component) {
    return el(
      "div",
      { class: "section" },
      el("div", { class: "section-text" }, this.nodes(component.components)),
      el("div", { class: "section-accessory" }, component.accessory ? this.#node(component.accessory) : null),
    );
  }

  #thumbnail({ media, description, spoiler }) {
    const shown = picture(this.#app, media, { alt: description ?? "", widest: 85, tallest: 85, cover: true, spoiler });
    return el("div", { class: "thumbnail" }, shown);
  }

  #gallery({ items }) {
    const pictures = items.map((item) => ({ media: item.media, alt: item.description ?? "" }));
    return mosaic(
      this.#app,
      pictures,
      items.map((item) => item.spoiler),
    );
  }

  #file({ file, name, size, spoiler }) {
    const known = (this.#message.attachments ?? []).find(
      (one) => one.id === file.attachment_id || one.url === file.url,
    );
    const card = fileCard({
      url: file.url,
      filename: name ?? known?.filename ?? fileName(file.url),
      size: size ?? known?.size,
    });
    return spoiler ? covered(card) : card;
  }

  #container({ components, accent_color: accent, spoiler }) {
    const colour = accent === null || accent === undefined ? null : `#${accent.toString(16).padStart(6, "0")}`;
    const box = el(
      "div",
      { class: "container", data: { accent: colour }, style: { "--accent": colour } },
      this.nodes(components),
    );
    return spoiler ? covered(box) : box;
  }
}

function fileName(url) {
  return decodeURIComponent(new URL(url, location.href).pathname.split("/").at(-1) ?? "file");
}

function separator({ divider = true, spacing = 1 }) {
  return el("div", {
    class: divider ? "separator line" : "separator",
    role: divider ? "separator" : null,
    data: { spacing },
  });
}

/** A button's or option's emoji: Unicode as it is; a server's own by its name. */
export function emoji(given) {
  if (!given?.name) return null;
  return el("span", { class: "emoji" }, given.id ? `:${given.name}:` : given.name);
}
