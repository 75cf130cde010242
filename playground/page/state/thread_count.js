/** How many messages a thread has, as Discord counts them. */
import { isPrivate } from "./message_flags.js";

/** Message types that no thread counts: somebody added, a new name, the notice of a thread, and its starter. */
const UNCOUNTED = new Set([1, 4, 18, 21]);

/** Whether a message has no content of its own: a thread's starter, or a notice that somebody joined. */
export function isNotice(message) {
  return UNCOUNTED.has(message.type);
}

/** Whether a thread counts a message; the first one of a forum post has the thread's own id. */
function isCounted(thread, message) {
  return message.id !== thread.id && !isNotice(message) && !isPrivate(message);
}

/** The thread with its count after `messages` were added (`step` 1) or deleted (-1). */
export function withCount(thread, messages, step) {
  const changed = messages.filter((message) => isCounted(thread, message)).length;
  return { ...thread, message_count: Math.max(0, (thread.message_count ?? 0) + step * changed) };
}
