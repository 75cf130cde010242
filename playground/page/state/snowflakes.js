/** Discord's ids: 64-bit numbers as strings, milliseconds since 2015 in the upper 42 bits. */

const EPOCH = 1420070400000n;

let increment = 0n;

/** When the thing with this id was made. */
export function createdAt(id) {
  return new Date(Number((BigInt(id) >> 22n) + EPOCH));
}

/** -1, 0 or 1; ids of different length compare by number, not by text. */
export function compareIds(left, right) {
  if (left === right) return 0;
  if (left.length !== right.length) return left.length < right.length ? -1 : 1;
  return left < right ? -1 : 1;
}

/** An id of our own for now, used as the nonce of what we send (as Discord's clients do). */
export function makeNonce() {
  increment = (increment + 1n) & 0xfffn;
  return String(((BigInt(Date.now()) - EPOCH) << 22n) | increment);
}
