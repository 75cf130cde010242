/** Kinds of channels, and how they are ordered and named. */
import { compareIds } from "./snowflakes.js";

export const ChannelType = {
  TEXT: 0,
  DM: 1,
  VOICE: 2,
  GROUP: 3,
  CATEGORY: 4,
  NEWS: 5,
  NEWS_THREAD: 10,
  THREAD: 11,
  PRIVATE_THREAD: 12,
  STAGE: 13,
  FORUM: 15,
  MEDIA: 16,
};

export function isThread(channel) {
  return channel.type >= ChannelType.NEWS_THREAD && channel.type <= ChannelType.PRIVATE_THREAD;
}

export function isDirect(channel) {
  return channel.type === ChannelType.DM || channel.type === ChannelType.GROUP;
}

export function isForum(channel) {
  return channel.type === ChannelType.FORUM || channel.type === ChannelType.MEDIA;
}

/** Channels that show messages and can be read. */
export function isReadable(channel) {
  return channel.type !== ChannelType.CATEGORY;
}

/** By position, then by age. */
export function byPosition(left, right) {
  return (left.position ?? 0) - (right.position ?? 0) || compareIds(left.id, right.id);
}

/** Newest activity first. */
export function byActivity(left, right) {
  return compareIds(right.last_message_id ?? right.id, left.last_message_id ?? left.id);
}
