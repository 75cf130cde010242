/** Counting reactions: lists of {emoji, count, me} in, new lists out. */

/** Discord's own emoji have ids; Unicode ones are known by their characters. */
export function sameEmoji(left, right) {
  return left.id || right.id ? left.id === right.id : left.name === right.name;
}

/** One reaction more (`step` 1) or less (-1); `mine` when this student made it. */
export function counted(reactions, emoji, step, mine) {
  const known = reactions.find((one) => sameEmoji(one.emoji, emoji));
  if (!known) return step > 0 ? [...reactions, { emoji, count: 1, me: mine }] : reactions;
  const changed = { ...known, count: known.count + step, me: mine ? step > 0 : known.me };
  return reactions.map((one) => (one === known ? changed : one)).filter((one) => one.count > 0);
}

export function without(reactions, emoji) {
  return reactions.filter((one) => !sameEmoji(one.emoji, emoji));
}
