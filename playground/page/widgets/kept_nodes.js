/** A message that is drawn anew keeps its loaded pictures and the focus. */

/** Carry over from the `old` node to the `fresh` one that takes its place. */
export function keepWhatWasThere(old, fresh) {
  const loaded = new Map(
    [...old.querySelectorAll("img")].filter((image) => image.complete).map((image) => [image.src, image]),
  );
  for (const image of fresh.querySelectorAll("img")) {
    const same = loaded.get(image.src);
    if (same && same.alt === image.alt) image.replaceWith(same);
  }
  const focused = document.activeElement;
  if (old.contains(focused)) queueMicrotask(() => takeFocus(fresh, counterpart(fresh, focused)));
}

/** What in the fresh node is what had the focus in the old one. */
function counterpart(fresh, { dataset: { customId, action, emoji } }) {
  if (customId) return fresh.querySelector(`[data-custom-id="${CSS.escape(customId)}"]`);
  if (action) return fresh.querySelector(`[data-action="${CSS.escape(action)}"]`);
  return emoji ? fresh.querySelector(`.reaction[data-emoji="${CSS.escape(emoji)}"]`) : null;
}

/** Only where the focus was lost: it may have gone on purpose, to an editor that was opened. */
function takeFocus(fresh, wanted) {
  if (document.activeElement === document.body) (wanted ?? fresh).focus({ preventScroll: true });
}
