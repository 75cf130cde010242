/** A menu of actions: opened at a point or beside a button, walked with the arrow keys. */
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "../words/words.js";

/**
 * `items`: {label, icon, run, danger, id, picture}, {heading} or "line". The focus goes to the first action.
 */
export function openMenu(overlays, anchor, items, { label = t("Menu"), side = "below" } = {}) {
  const list = el("div", { class: "menu", role: "menu", "aria-label": label });
  for (const item of items.filter(Boolean)) list.append(entry(overlays, item));
  list.addEventListener("keydown", (event) => walk(list, event));
  overlays.popover(anchor, list, { side, focus: actions(list)[0] });
  return list;
}

function entry(overlays, item) {
  if (item === "line") return el("div", { class: "menu-line", role: "separator" });
  if (item.heading) return el("div", { class: "menu-heading", role: "presentation" }, item.heading);
  const run = () => {
    overlays.close();
    item.run();
  };
  return el(
    "button",
    {
      type: "button",
      role: "menuitem",
      class: item.danger ? "menu-item danger" : "menu-item",
      data: { action: item.id },
      on: { click: run },
    },
    item.picture ?? null,
    el("span", { class: "menu-label" }, item.label, item.note ? el("small", {}, item.note) : null),
    item.icon ? icon(item.icon, 18) : null,
  );
}

function actions(list) {
  return [...list.querySelectorAll("[role=menuitem]")];
}

function walk(list, event) {
  const all = actions(list);
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Tab") event.preventDefault();
  if (to === undefined) return;
  event.preventDefault();
  all.at(to % all.length)?.focus();
}
