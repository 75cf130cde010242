/** The slash, user and message commands that can be used in a place, as Discord's command index lists them. */

const SLASH = 1;
const SUBCOMMAND = 1;
const GROUP = 2;
const KEPT_FOR = 15_000;

export class Commands {
  #app;
  #kept = new Map();

  constructor(app) {
    this.#app = app;
  }

  /** Forget what was fetched: the bot may have changed its commands. */
  clear() {
    this.#kept.clear();
  }

  /**
   * Slash commands, one entry for each subcommand: {...command, path: [names of groups and subcommands], title, description,
   * options, bot}.
   */
  async slash(channelId) {
    const commands = await this.ofType(SLASH, channelId);
    return commands.flatMap((command) => leaves(command, command.options ?? [], []));
  }

  /** Commands of one type (1 slash, 2 user, 3 message), each with the `bot` that answers it. */
  async ofType(type, channelId) {
    const { commands } = await this.#index(channelId);
    return commands.filter((command) => (command.type ?? SLASH) === type);
  }

  async find(commandId, name, channelId) {
    const all = await this.slash(channelId);
    return (
      all.find((one) => one.id === commandId && one.title === name) ?? all.find((one) => one.id === commandId) ?? null
    );
  }

  #index(channelId) {
    const guildId = this.#app.store.channels.get(channelId)?.guild_id ?? null;
    const key = guildId ?? channelId;
    const kept = this.#kept.get(key);
    if (kept && Date.now() - kept.at < KEPT_FOR) return kept.index;
    const index = this.#fetch(guildId, channelId);
    this.#kept.set(key, { at: Date.now(), index });
    return index;
  }

  async #fetch(guildId, channelId) {
    const index = await this.#app.attempt(this.#app.api.commands(guildId, channelId));
    const bots = new Map(
      (index?.applications ?? []).map((application) => [application.id, botOf(application, this.#app.store)]),
    );
    const commands = (index?.application_commands ?? []).map((command) => ({
      ...command,
      bot: bots.get(command.application_id),
    }));
    if (!commands.length) this.#kept.delete(guildId ?? channelId); // The bot may not have connected yet.
    return { commands };
  }
}

function botOf(application, store) {
  return (
    application.bot ??
    store.users.get(application.bot_id ?? application.id) ?? {
      id: application.id,
      username: application.name,
      bot: true,
    }
  );
}

function leaves(command, options, path) {
  const inner = options.filter((option) => option.type === SUBCOMMAND || option.type === GROUP);
  if (!inner.length) {
    const title = [command.name_localized ?? command.name, ...path.map((one) => one.name_localized ?? one.name)].join(
      " ",
    );
    const leaf = path.at(-1) ?? command;
    return [
      {
        ...command,
        path: path.map(({ name, type }) => ({ name, type })),
        title,
        plainTitle: [command.name, ...path.map((one) => one.name)].join(" "),
        description: leaf.description_localized ?? leaf.description,
        options,
      },
    ];
  }
  return inner.flatMap((option) => leaves(command, option.options ?? [], [...path, option]));
}

/** Discord's `data.options` for a command of `slash()` from its filled options ({type, name, value}). */
export function commandOptions(path, filled) {
  return [...path].reverse().reduce((options, { name, type }) => [{ type, name, options }], filled);
}
