/** Redrawing: when it happens (once after any number of changes, never under a pressed finger), and what it keeps. */

/**
 * Return a function that asks for `draw()`. However often it is called in one turn of the event loop, `draw` runs once.
 *
 * `draw` waits while a mouse button or a finger is down in `node`. Without this, an answer that still grows would move
 * the Stop button between press and release, and the click would be lost.
 */
export function redrawing(node, draw) {
  let wanted = false;
  let held = false;
  const run = () => {
    if (!wanted || held) return;
    wanted = false;
    draw();
  };
  const release = () => {
    if (!held) return;
    // The browser sends the click after the release, and before this timer runs.
    setTimeout(() => {
      held = false;
      run();
    });
  };
  node.addEventListener("pointerdown", () => {
    held = true;
  });
  for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, release);
  return () => {
    if (wanted) return;
    wanted = true;
    queueMicrotask(run);
  };
}

/** Carry loaded pictures and the focus over from the `old` node to the `fresh` one that replaces it. */
export function keepPicturesAndFocus(old, fresh) {
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

/** The element of `fresh` that corresponds to the focused element of the old node. */
function counterpart(fresh, { dataset: { customId, action, emoji } }) {
  if (customId) return fresh.querySelector(`[data-custom-id="${CSS.escape(customId)}"]`);
  if (action) return fresh.querySelector(`[data-action="${CSS.escape(action)}"]`);
  return emoji ? fresh.querySelector(`.reaction[data-emoji="${CSS.escape(emoji)}"]`) : null;
}

/** Focus `wanted`, if the focus is lost. It may be elsewhere on purpose, for example in an editor that was opened. */
function takeFocus(fresh, wanted) {
  if (document.activeElement === document.body) (wanted ?? fresh).focus({ preventScroll: true });
}
