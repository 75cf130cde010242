/** What floats over the page: popovers beside what opened them, and modal dialogs. One popover at a time. */
import { el } from "./dom.js";
import { t } from "../words/words.js";

const MARGIN = 8;

export class Overlays {
  #layer;
  #open = null;

  constructor(layer) {
    this.#layer = layer;
    addEventListener("pointerdown", (event) => this.#outside(event), true);
    addEventListener("keydown", (event) => this.#escape(event), true);
    addEventListener("resize", () => this.close());
  }

  get isOpen() {
    return this.#open !== null;
  }

  /**
   * Show `content` beside `anchor` (an element, or {x, y}). `side`: below (default), above, left or right; it turns
   * where there is no room. `focus`: element to move the focus to; it goes back when the popover closes.
   * Returns the function that closes it.
   */
  popover(anchor, content, { side = "below", focus = null, onClose = null, fitWidth = false } = {}) {
    this.close();
    const box = el("div", { class: "popover" }, content);
    if (fitWidth && anchor instanceof Element)
      box.style.setProperty("width", `${anchor.getBoundingClientRect().width}px`);
    const host = anchor instanceof Element ? (anchor.closest("dialog") ?? this.#layer) : this.#layer;
    host.append(box);
    const open = { box, anchor, side, onClose, before: document.activeElement, takesFocus: focus !== null };
    this.#open = open;
    this.#place(open);
    focus?.focus();
    return () => {
      if (this.#open === open) this.close();
    };
  }

  /** Lay the open popover out again after its content changed. */
  refresh() {
    if (this.#open) this.#place(this.#open);
  }

  close() {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    const hadFocus = open.box.contains(document.activeElement);
    open.box.remove();
    if (open.takesFocus && (hadFocus || document.activeElement === document.body)) open.before?.focus?.();
    open.onClose?.();
  }

  /** A modal dialog holding `content`; returns the function that closes it. Escape and a click beside it close it too. */
  dialog(content, { label, onClose = null, className = "" }) {
    this.close();
    const box = el("dialog", { class: `dialog ${className}`, "aria-label": label }, content);
    const finish = () => {
      if (!box.isConnected) return;
      box.remove();
      onClose?.();
    };
    box.addEventListener("close", finish);
    box.addEventListener("pointerdown", (event) => {
      if (event.target === box) box.close();
    });
    this.#layer.append(box);
    box.showModal();
    return () => box.close();
  }

  /** Ask before something that cannot be taken back. */
  confirm({ title, text, action, run }) {
    const yes = el("button", { type: "button", class: "button danger", data: { action: "confirm" } }, action);
    const no = el("button", { type: "button", class: "button plain" }, t("Cancel"));
    const close = this.dialog(
      [el("h2", {}, title), el("p", {}, text), el("div", { class: "dialog-actions" }, no, yes)],
      { label: title, className: "confirm" },
    );
    no.addEventListener("click", close);
    yes.addEventListener("click", () => {
      close();
      run();
    });
    yes.focus();
  }

  /** A short note that goes away by itself. */
  toast(text) {
    const note = el("div", { class: "toast", role: "status" }, text);
    this.#layer.append(note);
    setTimeout(() => note.remove(), 4000);
  }

  #outside(event) {
    const open = this.#open;
    if (!open || open.box.contains(event.target)) return;
    if (open.anchor instanceof Element && open.anchor.contains(event.target)) return;
    this.close();
  }

  #escape(event) {
    if (event.key !== "Escape" || !this.#open || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }

  #place({ box, anchor, side }) {
    const at = anchor instanceof Element ? anchor.getBoundingClientRect() : new DOMRect(anchor.x, anchor.y, 0, 0);
    const size = box.getBoundingClientRect();
    const { x, y } = corner(side, at, size);
    box.style.setProperty("left", `${clamp(x, MARGIN, innerWidth - size.width - MARGIN)}px`);
    box.style.setProperty("top", `${clamp(y, MARGIN, innerHeight - size.height - MARGIN)}px`);
  }
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(value, Math.max(low, high)));
}

function corner(side, at, size) {
  const below = at.bottom + 4;
  const above = at.top - size.height - 4;
  if (side === "right")
    return { x: at.right + 8 + size.width > innerWidth ? at.left - size.width - 8 : at.right + 8, y: at.top };
  if (side === "left") return { x: at.left - size.width - 8 < 0 ? at.right + 8 : at.left - size.width - 8, y: at.top };
  const fitsBelow = below + size.height + MARGIN <= innerHeight;
  const fitsAbove = above >= MARGIN;
  if (side === "above") return { x: at.left, y: fitsAbove || !fitsBelow ? above : below };
  return { x: at.left, y: fitsBelow || !fitsAbove ? below : above };
}
