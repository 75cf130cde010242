/** What a member may do, computed as Discord documents it (docs: topics/permissions). */

export const Permission = {
  ADMINISTRATOR: 1n << 3n,
  ADD_REACTIONS: 1n << 6n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
};

const ALL = (1n << 60n) - 1n;

/** The permissions of `member` in `channel` (a thread takes its parent's overwrites) as a BigInt. */
export function permissionsIn(guild, member, userId, channel) {
  if (!guild) return ALL & ~Permission.MANAGE_MESSAGES;
  if (guild.owner_id === userId) return ALL;
  const roles = new Set([guild.id, ...(member?.roles ?? [])]);
  const base = basePermissions(guild, roles);
  if (base & Permission.ADMINISTRATOR) return ALL;
  return withOverwrites(base, channel?.permission_overwrites ?? [], guild.id, roles, userId);
}

function basePermissions(guild, roles) {
  const granted = (guild.roles ?? []).filter((role) => roles.has(role.id));
  return granted.reduce((sum, role) => sum | BigInt(role.permissions ?? 0), 0n);
}

function withOverwrites(base, overwrites, everyone, roles, userId) {
  const steps = [
    overwrites.filter((one) => one.id === everyone),
    overwrites.filter((one) => one.id !== everyone && roles.has(one.id)),
    overwrites.filter((one) => one.id === userId),
  ];
  return steps.reduce((permissions, step) => {
    const deny = step.reduce((sum, one) => sum | BigInt(one.deny ?? 0), 0n);
    const allow = step.reduce((sum, one) => sum | BigInt(one.allow ?? 0), 0n);
    return (permissions & ~deny) | allow;
  }, base);
}
