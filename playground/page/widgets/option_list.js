/** A list of options controlled from an input: arrows move, Enter or Tab chooses; the input keeps the focus. */
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "../words/words.js";

let made = 0;

export class OptionList {
  #choose;
  #options = [];
  #active = -1;
  #id;
  #multiple;

  /** `choose(option)` is called with what is picked. */
  constructor(choose, { label, multiple = false, className = "" } = {}) {
    made += 1;
    this.#id = `options-${made}`;
    this.#choose = choose;
    this.#multiple = multiple;
    this.node = el("div", {
      class: `option-list ${className}`,
      role: "listbox",
      id: this.#id,
      "aria-label": label,
      "aria-multiselectable": multiple || null,
    });
  }

  get id() {
    return this.#id;
  }

  get active() {
    return this.#options[this.#active] ?? null;
  }

  /** Id of the active option's element, for `aria-activedescendant`. */
  get activeId() {
    return this.active ? `${this.#id}-${this.#active}` : null;
  }

  get size() {
    return this.#options.length;
  }

  /** Options: {value, label, description, emoji, picture (node), note, group, selected, disabled}. */
  show(options, { empty = t("Nothing matches"), active = 0 } = {}) {
    this.#options = options;
    this.#active = options.length ? Math.min(Math.max(active, 0), options.length - 1) : -1;
    this.#render(empty);
  }

  /** Handle a key; returns whether the list used it. */
  key(event) {
    if (event.isComposing || !this.#options.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) this.#move(step);
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") {
      if (!this.active || this.active.disabled) return false;
      this.#choose(this.active);
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #move(step) {
    const last = this.#options.length - 1;
    const to = this.#active + step;
    if (Math.abs(step) > 1) this.#active = Math.max(0, Math.min(last, to));
    else this.#active = to > last ? 0 : to < 0 ? last : to;
    this.#mark();
  }

  #render(empty) {
    if (!this.#options.length) {
      fill(this.node, empty ? el("div", { class: "option-empty" }, empty) : null);
      return;
    }
    let group = null;
    const rows = [];
    this.#options.forEach((option, index) => {
      if (option.group && option.group !== group)
        rows.push(el("div", { class: "option-group", role: "presentation" }, option.group));
      group = option.group ?? group;
      rows.push(this.#row(option, index));
    });
    fill(this.node, rows);
    this.#mark();
  }

  #row(option, index) {
    const pick = (event) => {
      event.preventDefault();
      if (!option.disabled) this.#choose(option);
    };
    const hover = () => {
      if (this.#active === index) return;
      this.#active = index;
      this.#mark(false);
    };
    return el(
      "div",
      {
        class: "option",
        role: "option",
        id: `${this.#id}-${index}`,
        "aria-selected": this.#multiple ? Boolean(option.selected) : null,
        "aria-disabled": option.disabled || null,
        data: { value: option.value, selected: option.selected || null },
        on: { mousedown: (event) => event.preventDefault(), click: pick, mousemove: hover },
      },
      option.picture ?? null,
      option.emoji ? el("span", { class: "option-emoji" }, option.emoji) : null,
      el(
        "span",
        { class: "option-text" },
        el("span", { class: "option-label" }, option.label),
        option.description ? el("span", { class: "option-description" }, option.description) : null,
      ),
      option.note ? el("span", { class: "option-note" }, option.note) : null,
      this.#multiple
        ? el("span", { class: "option-check" }, option.selected ? icon("check", 16) : null)
        : option.selected
          ? icon("check", 16)
          : null,
    );
  }

  #mark(scroll = true) {
    this.node.querySelectorAll(".option").forEach((row, index) => {
      const active = index === this.#active;
      row.classList.toggle("active", active);
      if (!this.#multiple) row.setAttribute("aria-selected", String(active));
      if (active && scroll) row.scrollIntoView({ block: "nearest" });
    });
    this.node.dispatchEvent(new CustomEvent("active", { detail: this.activeId }));
  }
}

/** Options whose label or description holds every word of `query`, those that begin with it first. */
export function matching(options, query) {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return options;
  const rank = (option) => {
    const label = option.label.toLowerCase();
    if (label.startsWith(wanted)) return 0;
    if (label.includes(wanted)) return 1;
    return (option.keywords ?? option.description ?? "").toLowerCase().includes(wanted) ? 2 : 3;
  };
  return options
    .map((option) => ({ option, rank: rank(option) }))
    .filter((one) => one.rank < 3)
    .sort((left, right) => left.rank - right.rank)
    .map((one) => one.option);
}
