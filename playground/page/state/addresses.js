/** Addresses of channels and messages, as Discord writes them. */

const DISCORD = /^https?:\/\/(?:(?:canary|ptb)\.)?discord(?:app)?\.com$/i;
const PATH = /^#?\/channels\/(@me|\d{1,20})\/(\d{1,20})(?:\/threads\/(\d{1,20}))?(?:\/(\d{1,20}))?\/?$/;

/**
 * {guildId ("@me" for DMs), channelId, messageId | null} of a Discord link or one of this page, else null; `threadId` where
 * a thread stands open beside the channel: the message is that thread's then.
 */
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
  if (!found) return null;
  const [, guildId, channelId, threadId, messageId = null] = found;
  return { guildId, channelId, ...(threadId && { threadId }), messageId };
}

export function pathOf({ guildId, channelId, threadId = null, messageId = null }) {
  const thread = threadId ? `/threads/${threadId}` : "";
  return `/channels/${guildId ?? "@me"}/${channelId}${thread}${messageId ? `/${messageId}` : ""}`;
}

/** The link that "Copy Message Link" gives: Discord's own form. */
export function discordLink(place) {
  return `https://discord.com${pathOf(place)}`;
}

let server = null;

/** `host`: host and port that the server knows itself by, and writes into the addresses of files. */
export function serverIs(host) {
  server = host;
}

/**
 * Where this browser finds a file of the playground. The server writes the address that it knows itself by, which is not
 * the one that the page was opened with when a port is forwarded or the server stands on another machine.
 */
export function fileAddress(address) {
  const url = new URL(address, location.href);
  const ours = url.host === server && /^\/(?:ephemeral-)?attachments\//.test(url.pathname);
  return ours ? `${location.origin}${url.pathname}${url.search}` : address;
}

/** Whether an address is this origin's. The page loads nothing from elsewhere: it works offline, and nobody learns who reads what. */
export function isHere(address) {
  const { origin, protocol } = new URL(address, location.href);
  return origin === location.origin || protocol === "blob:";
}
