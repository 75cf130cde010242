/** What a message's flags say. https://discord.com/developers/docs/resources/message#message-object-message-flags */
export const Flag = { SUPPRESS_EMBEDS: 1 << 2, EPHEMERAL: 1 << 6, LOADING: 1 << 7 };

/** Whether one student alone sees it. */
export function isPrivate(message) {
  return Boolean(message.flags & Flag.EPHEMERAL);
}
