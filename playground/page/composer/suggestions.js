/** What the composer offers while something is being typed: people, channels, emoji, commands. */
import { avatar } from "../widgets/avatar.js";
import { EMOJI } from "./emoji.js";
import { matching } from "../widgets/option_list.js";
import { channelOptions, roleOptions, userOptions } from "../components/select_menu.js";
import { t } from "../words/words.js";

const MOST = 10;

/** Options for a token of `tokenAt`; each has `insert` (text that takes the token's place) or `command`. */
export async function suggest(app, token, channelId) {
  const { store } = app;
  const channel = store.channels.get(channelId);
  const guildId = channel?.guild_id ?? null;
  if (token.kind === "@") return people(store, guildId, channel, token.query);
  if (token.kind === "#") return guildId ? named(channelOptions(store, guildId), token.query) : [];
  if (token.kind === ":") return emoji(token.query);
  return commands(app, channelId, token.query);
}

function people(store, guildId, channel, query) {
  const users = guildId
    ? userOptions(store, guildId)
    : (channel?.recipients ?? []).map((user) => ({
        value: user.id,
        label: store.displayName(user),
        description: user.username,
        picture: avatar(user, 24),
      }));
  const bots = new Set([...store.users.values()].filter((user) => user.bot).map((user) => user.id));
  const everyone = users.sort((left, right) => Number(bots.has(right.value)) - Number(bots.has(left.value)));
  const found = matching(everyone, query).map((option) => ({
    ...option,
    group: t("Members"),
    note: option.description,
    description: null,
    insert: `@${option.label} `,
  }));
  const roles = guildId
    ? matching(
        roleOptions(store, guildId).map((role) => ({ ...role, label: role.label.slice(1) })),
        query,
      ).map((role) => ({ ...role, label: `@${role.label}`, group: t("Roles"), insert: `@${role.label} ` }))
    : [];
  return [...found, ...roles].slice(0, MOST);
}

function named(options, query) {
  const found = matching(
    options.map((option) => ({ ...option, label: option.label.slice(1) })),
    query,
  );
  return found
    .slice(0, MOST)
    .map((option) => ({ ...option, label: `#${option.label}`, group: t("Channels"), insert: `#${option.label} ` }));
}

function emoji(query) {
  const wanted = query.toLowerCase();
  return EMOJI.filter(({ name }) => name.includes(wanted))
    .slice(0, MOST)
    .map(({ character, name }) => ({
      value: name,
      label: `:${name}:`,
      emoji: character,
      group: t("Emoji"),
      insert: `${character} `,
    }));
}

async function commands(app, channelId, query) {
  const all = await app.commands.slash(channelId);
  const options = all.map((command) => ({
    value: command.plainTitle,
    label: `/${command.title}`,
    keywords: `${command.plainTitle} ${command.description}`,
    description: command.description,
    group: command.bot?.global_name ?? command.bot?.username ?? t("Apps"),
    picture: avatar(command.bot, 28),
    command,
  }));
  return matching(options, query ? `/${query}`.trim() : "")
    .concat(query ? matching(options, query) : [])
    .filter((option, index, list) => list.findIndex((other) => other.command === option.command) === index);
}
