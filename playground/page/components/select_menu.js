/** A select menu: a closed box that opens a list; string, user, role, mentionable and channel selects. */
import { avatar } from "../widgets/avatar.js";
import { ChannelType, isReadable } from "../state/channels.js";
import { el, fill } from "../widgets/dom.js";
import { icon } from "../widgets/icons.js";
import { matching, OptionList } from "../widgets/option_list.js";
import { Permission } from "../state/permissions.js";
import { t } from "../words/words.js";

const STRING = 3;
const USER = 5;
const ROLE = 6;
const MENTIONABLE = 7;
const SEARCH_FROM = 8;
const PLACEHOLDERS = {
  3: () => t("Make a selection"),
  5: () => t("Select a user"),
  6: () => t("Select a role"),
  7: () => t("Select a user or role"),
  8: () => t("Select a channel"),
};

/**
 * `chosen`: values picked before (else the defaults show); `choose(values)` when the student is done.
 * The element carries `data-custom-id` and, while open, an `[role=listbox]` beside it.
 */
export function selectMenu(
  app,
  component,
  { guildId, chosen, pending = false, disabled = false, choose, label = null },
) {
  const options = optionsOf(app.store, component, guildId);
  const picked = new Set(chosen ?? defaultsOf(component));
  const box = el("button", {
    type: "button",
    class: "select",
    role: "combobox",
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    disabled,
    "aria-label": label ?? component.placeholder ?? PLACEHOLDERS[component.type]?.(),
    "aria-busy": pending || null,
    "aria-disabled": pending || null,
    data: {
      customId: component.custom_id,
      select: component.type,
      state: pending ? "pending" : null,
      value: [...picked].join(",") || null,
    },
  });
  fill(box, face(options, picked, component), icon("down", 18));
  box.addEventListener("click", () => open(app, box, component, options, picked, choose));
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      box.click();
    }
  });
  return box;
}

function face(options, picked, component) {
  const shown = options.filter((option) => picked.has(option.value));
  if (!shown.length)
    return el("span", { class: "select-placeholder" }, component.placeholder ?? PLACEHOLDERS[component.type]?.());
  return el(
    "span",
    { class: "select-value" },
    shown.map((option, index) => [index ? ", " : null, option.emoji ? `${option.emoji} ` : null, option.label]),
  );
}

function defaultsOf(component) {
  if (component.type === STRING)
    return (component.options ?? []).filter((option) => option.default).map((option) => option.value);
  return (component.default_values ?? []).map((value) => value.id);
}

/** What can be picked: {value, label, description, emoji, picture}. */
function optionsOf(store, component, guildId) {
  switch (component.type) {
    case STRING:
      return (component.options ?? []).map((option) => ({
        value: option.value,
        label: option.label,
        description: option.description,
        emoji: option.emoji?.id ? `:${option.emoji.name}:` : option.emoji?.name,
      }));
    case USER:
      return userOptions(store, guildId);
    case ROLE:
      return roleOptions(store, guildId);
    case MENTIONABLE:
      return [...roleOptions(store, guildId), ...userOptions(store, guildId)];
    default:
      return channelOptions(store, guildId, component.channel_types);
  }
}

export function userOptions(store, guildId) {
  const ids = guildId ? [...(store.members.get(guildId)?.keys() ?? [])] : [...store.users.keys()];
  return ids
    .map((id) => store.users.get(id))
    .filter(Boolean)
    .map((user) => ({
      value: user.id,
      label: store.displayName(user, guildId),
      description: user.username,
      picture: avatar(user, 24),
    }))
    .sort((left, right) => left.label.localeCompare(right.label));
}

/** Roles that people hold; a bot's own role bears the bot's name and would only be mistaken for it. */
export function roleOptions(store, guildId) {
  const roles = (store.guilds.get(guildId)?.roles ?? []).filter((role) => role.id !== guildId && !role.managed);
  return roles.map((role) => ({ value: role.id, label: `@${role.name}` }));
}

export function channelOptions(store, guildId, types = null) {
  const wanted = types?.length
    ? (channel) => types.includes(channel.type)
    : (channel) => isReadable(channel) && channel.type !== ChannelType.VOICE;
  return store
    .channelsOf(guildId)
    .filter((channel) => wanted(channel) && store.may(Permission.VIEW_CHANNEL, channel.id))
    .map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
}

function open(app, box, component, options, picked, choose) {
  const most = component.max_values ?? 1;
  const least = component.min_values ?? 1;
  const multiple = most > 1;
  const search = options.length > SEARCH_FROM || component.type !== STRING;
  const list = new OptionList((option) => pick(option), { label: box.getAttribute("aria-label"), multiple });
  const input = el("input", {
    class: search ? "option-search" : "visually-hidden",
    type: "text",
    placeholder: t("Search"),
    autocomplete: "off",
    "aria-label": t("Search options"),
    role: "combobox",
    "aria-controls": list.id,
    "aria-expanded": "true",
    readonly: !search,
  });
  const wanted = new Set(picked);
  let close = null;

  const show = (active = 0) =>
    list.show(
      matching(options, input.value).map((option) => ({ ...option, selected: wanted.has(option.value) })),
      { active },
    );
  const finish = () => {
    if (wanted.size < least) return;
    close();
    choose([...wanted]);
  };
  const pick = (option) => {
    if (!multiple) {
      wanted.clear();
      wanted.add(option.value);
      finish();
      return;
    }
    if (wanted.has(option.value)) wanted.delete(option.value);
    else if (wanted.size < most) wanted.add(option.value);
    show(Number(list.activeId.split("-").at(-1)));
    done.disabled = wanted.size < least;
  };
  const done = el(
    "button",
    { type: "button", class: "button primary small", data: { action: "choose" }, on: { click: finish } },
    t("Done"),
  );
  input.addEventListener("input", () => show());
  input.addEventListener("keydown", (event) => list.key(event));
  list.node.addEventListener("active", ({ detail }) => input.setAttribute("aria-activedescendant", detail ?? ""));
  show();
  done.disabled = wanted.size < least;
  const panel = el(
    "div",
    { class: "select-panel" },
    input,
    list.node,
    multiple
      ? el("div", { class: "select-done" }, least === most ? t("Pick {most}", { most }) : t("Pick {least} to {most}", { least, most }), done)
      : null,
  );
  box.setAttribute("aria-expanded", "true");
  close = app.overlays.popover(box, panel, {
    focus: input,
    fitWidth: true,
    onClose: () => box.setAttribute("aria-expanded", "false"),
  });
}
