/** How many messages a thread has, as Discord counts them. */
import { isPrivate } from "./message_flags.js";

/** Someone added, a new name, a thread's notice and its starter: they are messages that no thread counts. */
const UNCOUNTED = new Set([1, 4, 18, 21]);

/** Whether a message says nothing of its own: a thread's starter, a notice that somebody came. */
export function isNotice(message) {
  return UNCOUNTED.has(message.type);
}

/** Whether a thread counts a message; the first one of a forum post has the thread's own id. */
function isCounted(thread, message) {
  return message.id !== thread.id && !isNotice(message) && !isPrivate(message);
}

/** The thread once `messages` came (`step` 1) or went (-1). */
export function withCount(thread, messages, step) {
  const changed = messages.filter((message) => isCounted(thread, message)).length;
  return { ...thread, message_count: Math.max(0, (thread.message_count ?? 0) + step * changed) };
}
