/** When to draw: once after any number of changes, and never under a pressed finger. */

/**
 * The function that asks for `draw()`, which then runs once, after all that happens in the same turn of the event loop.
 *
 * While a mouse button or finger is down in `node` it waits: an answer that is still being written would otherwise take
 * the Stop button from under the finger between press and release, and the click would be lost.
 */
export function drawing(node, draw) {
  let wanted = false;
  let held = false;
  const run = () => {
    if (!wanted || held) return;
    wanted = false;
    draw();
  };
  const release = () => {
    if (!held) return;
    // The click comes after the release, and before what is put off here.
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
