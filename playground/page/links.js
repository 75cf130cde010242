/** Addresses of channels and messages, as Discord writes them. */

const DISCORD = /^https?:\/\/(?:(?:canary|ptb)\.)?discord(?:app)?\.com$/i;
const PATH = /^#?\/channels\/(@me|\d{1,20})\/(\d{1,20})(?:\/(\d{1,20}))?\/?$/;

/** {guildId ("@me" for DMs), channelId, messageId | null} of a Discord link or one of this page, else null. */
export function placeOf(address) {
  let url;
  try {
    url = new URL(address, location.href);
  } catch {
    return null;
  }
  const ours = url.origin === location.origin;
  if (!ours && !DISCORD.test(url.origin)) return null;
  const found = PATH.exec(url.pathname) ?? (ours ? PATH.exec(url.hash) : null);
  return found && { guildId: found[1], channelId: found[2], messageId: found[3] ?? null };
}

export function pathOf({ guildId, channelId, messageId = null }) {
  return `/channels/${guildId ?? "@me"}/${channelId}${messageId ? `/${messageId}` : ""}`;
}

/** The link that "Copy Message Link" gives: Discord's own form. */
export function discordLink(place) {
  return `https://discord.com${pathOf(place)}`;
}
