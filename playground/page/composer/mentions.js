/** Names in a text that is being written: the one being typed, and `@name` as Discord's `<@id>`. Pure. */

const CODE = /(```[\s\S]*?(?:```|$)|`[^`\n]+`)/;

/** What is being typed before the caret: {kind: "@" | "#" | ":" | "/", query, from} or null. */
export function tokenAt(text, caret) {
  const before = text.slice(0, caret);
  const command = /^\/([^\n]*)$/.exec(before);
  if (command) return { kind: "/", query: command[1], from: 0 };
  const found = /(?<![\w@#:])([@#:])([^\s@#:`]*(?: [^\s@#:`]*)?)$/u.exec(before);
  if (!found) return null;
  const [, kind, query] = found;
  if (kind === ":" && !/^\w{2,}$/.test(query)) return null;
  if (kind !== "@" && query.includes(" ")) return null;
  return { kind, query, from: found.index };
}

/**
 * Replace names by mentions, outside of code. `names`: [{mark: "@" | "#", name, mention}]; longer names win, case does not matter.
 */
export function encodeMentions(text, names) {
  const byName = new Map();
  for (const { mark, name, mention } of names) {
    const key = (mark + name).toLowerCase();
    if (name && !byName.has(key)) byName.set(key, mention);
  }
  if (!byName.size) return text;
  const alternatives = [...byName.keys()]
    .sort((left, right) => right.length - left.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(`(?<![\\w<@#])(?:${alternatives.join("|")})(?![A-Za-z0-9_])`, "giu");
  const replace = (piece) => piece.replace(pattern, (found) => byName.get(found.toLowerCase()) ?? found);
  return text
    .split(CODE)
    .map((piece, index) => (index % 2 ? piece : replace(piece)))
    .join("");
}

/** The reverse of `encodeMentions`, for editing: `<@id>` becomes `@name` where the id is known. */
export function decodeMentions(text, names) {
  const byMention = new Map();
  for (const { mark, name, mention } of names) {
    if (!byMention.has(mention)) byMention.set(mention, mark + name);
  }
  return text.replace(/<(?:@!?|@&|#)\d{1,20}>/g, (found) => byMention.get(found.replace("<@!", "<@")) ?? found);
}

/** Where names stand in a text, for marking them while they are typed: [[from, to], …]. */
export function mentionSpans(text, names) {
  const known = new Set(names.map(({ mark, name }) => (mark + name).toLowerCase()));
  const spans = [];
  for (const found of text.matchAll(/[@#][^\s@#][^\n@#]*/gu)) {
    for (let length = found[0].length; length > 1; length -= 1) {
      const candidate = found[0].slice(0, length);
      if (known.has(candidate.toLowerCase()) && !/[A-Za-z0-9_]/.test(found[0][length] ?? " ")) {
        spans.push([found.index, found.index + length]);
        break;
      }
    }
  }
  return spans;
}

/** Everybody and everything that can be named in a place, as `encodeMentions` wants it. */
export function namesIn(store, guildId, channel) {
  const users = guildId
    ? [...(store.members.get(guildId)?.keys() ?? [])].map((id) => store.users.get(id))
    : [store.me, ...(channel?.recipients ?? [])];
  const people = users.filter(Boolean).flatMap((user) =>
    [store.displayName(user, guildId), user.global_name, user.username].map((name) => ({
      mark: "@",
      name,
      mention: `<@${user.id}>`,
    })),
  );
  const roles = (store.guilds.get(guildId)?.roles ?? [])
    .filter((role) => role.id !== guildId)
    .map((role) => ({ mark: "@", name: role.name, mention: `<@&${role.id}>` }));
  const channels = guildId
    ? [...store.channels.values()]
        .filter((one) => one.guild_id === guildId && one.name && one.type !== 4)
        .map((one) => ({ mark: "#", name: one.name, mention: `<#${one.id}>` }))
    : [];
  return [...people, ...roles, ...channels].filter(({ name }) => name);
}
