/** One option of a slash command: the text typed, its value, and whether it is valid. */
import { el } from "../widgets/dom.js";
import { OptionList, matching } from "../widgets/option_list.js";
import { channelOptions, roleOptions, userOptions } from "../components/select_menu.js";
import { t } from "../words/words.js";

export const OptionType = {
  STRING: 3,
  INTEGER: 4,
  BOOLEAN: 5,
  USER: 6,
  CHANNEL: 7,
  ROLE: 8,
  MENTIONABLE: 9,
  NUMBER: 10,
  ATTACHMENT: 11,
};

const SETTLE = 150;

export class CommandOption {
  #app;
  #guildId;
  #hooks;
  #chosen = null;
  #file = null;
  #list;
  #input;
  #asked = 0;
  #timer = null;

  /** `hooks`: complete() → choices, offer(node | null), typed(), key(event). */
  constructor(app, option, { guildId, text, ...hooks }) {
    this.#app = app;
    this.option = option;
    this.#guildId = guildId;
    this.#hooks = hooks;
    this.#list = new OptionList((choice) => this.#choose(choice), { label: this.name, className: "suggestions" });
    this.#input = option.type === OptionType.ATTACHMENT ? this.#fileInput() : this.#textInput(text);
    this.node = el(
      "label",
      { class: "command-option", data: { option: option.name } },
      el("span", { class: "command-option-name" }, this.name),
      this.#input,
    );
  }

  get name() {
    return this.option.name_localized ?? this.option.name;
  }

  get text() {
    return this.option.type === OptionType.ATTACHMENT ? "" : this.#input.value;
  }

  set text(value) {
    this.#input.value = value;
    this.#fit();
  }

  get isBlank() {
    return !this.text && !this.#file;
  }

  get isEmpty() {
    return !this.text.trim() && !this.#file;
  }

  focusInput() {
    this.#input.focus();
  }

  /** Why this cannot be sent, in a sentence, or null. */
  problem() {
    const { option } = this;
    if (this.isEmpty) return option.required ? t("{label}: this is required.", { label: this.name }) : null;
    if (this.#choices && this.#value() === null) return t("{label}: choose one of the list.", { label: this.name });
    if (option.type === OptionType.INTEGER || option.type === OptionType.NUMBER) return this.#numberProblem();
    if (option.type === OptionType.STRING) return this.#lengthProblem();
    return null;
  }

  #numberProblem() {
    const { option } = this;
    const value = this.#value();
    if (!Number.isFinite(value) || (option.type === OptionType.INTEGER && !Number.isInteger(value)))
      return option.type === OptionType.INTEGER ? t("{label}: this must be a whole number.", { label: this.name }) : t("{label}: this must be a number.", { label: this.name });
    if (option.min_value !== undefined && value < option.min_value) return t("{label}: {count} or more.", { label: this.name, count: option.min_value });
    if (option.max_value !== undefined && value > option.max_value) return t("{label}: {count} or less.", { label: this.name, count: option.max_value });
    return null;
  }

  #lengthProblem() {
    const { option } = this;
    const { length } = String(this.#value());
    if (option.min_length && length < option.min_length)
      return t("{label}: {count} characters or more.", { label: this.name, count: option.min_length });
    if (option.max_length && length > option.max_length)
      return t("{label}: {count} characters or less.", { label: this.name, count: option.max_length });
    return null;
  }

  /** As Discord wants it: {type, name, value}; a file goes to `files`. */
  toOption(files, focused = false) {
    const { type, name } = this.option;
    if (focused) return { type, name, value: this.text, focused: true };
    if (type === OptionType.ATTACHMENT) return { type, name, value: String(files.push(this.#file) - 1) };
    return { type, name, value: this.#value() };
  }

  #value() {
    const text = this.text.trim();
    if (this.#chosen && this.#chosen.label === this.text) return this.#chosen.value;
    if (this.#choices)
      return this.#choices.find((choice) => choice.label.toLowerCase() === text.toLowerCase())?.value ?? null;
    const { type } = this.option;
    return type === OptionType.INTEGER || type === OptionType.NUMBER ? Number(text.replace(",", ".")) : text;
  }

  /** The choices, where the option allows only those. */
  get #choices() {
    const { type, choices } = this.option;
    const { store } = this.#app;
    if (choices?.length) return choices.map(asChoice);
    switch (type) {
      case OptionType.BOOLEAN:
        return [
          { value: true, label: t("True") },
          { value: false, label: t("False") },
        ];
      case OptionType.USER:
        return userOptions(store, this.#guildId);
      case OptionType.CHANNEL:
        return channelOptions(store, this.#guildId, this.option.channel_types);
      case OptionType.ROLE:
        return roleOptions(store, this.#guildId);
      case OptionType.MENTIONABLE:
        return [...roleOptions(store, this.#guildId), ...userOptions(store, this.#guildId)];
      default:
        return null;
    }
  }

  #textInput(text) {
    const input = el("input", {
      type: "text",
      class: "command-input",
      autocomplete: "off",
      role: "combobox",
      "aria-label": this.name,
      "aria-controls": this.#list.id,
      "aria-autocomplete": "list",
      inputmode:
        this.option.type === OptionType.INTEGER ? "numeric" : this.option.type === OptionType.NUMBER ? "decimal" : null,
      maxlength: this.option.max_length ?? 6000,
      data: { option: this.option.name },
      on: {
        input: () => this.#typed(),
        focus: () => this.#show(),
        blur: () => this.#hooks.offer(null),
        keydown: (event) => this.#key(event),
      },
    });
    this.#list.node.addEventListener("active", ({ detail }) =>
      input.setAttribute("aria-activedescendant", detail ?? ""),
    );
    input.value = text;
    queueMicrotask(() => this.#fit());
    return input;
  }

  #fileInput() {
    const input = el("input", {
      type: "file",
      class: "command-file",
      "aria-label": this.name,
      data: { option: this.option.name },
      on: {
        focus: () => this.#describe(),
        keydown: (event) => this.#hooks.key(event),
      },
    });
    input.addEventListener("change", () => {
      this.#file = input.files[0] ?? null;
    });
    return input;
  }

  #fit() {
    this.#input.style.setProperty(
      "width",
      `${Math.min(
        40,
        Math.max(
          4,
          [...this.text].reduce((sum, letter) => sum + (letter > "\u1100" ? 2 : 1), 1),
        ),
      )}ch`,
    );
  }

  #typed() {
    this.#fit();
    this.#hooks.typed();
    if (document.activeElement === this.#input) this.#show();
  }

  #show() {
    const choices = this.#choices;
    if (choices) this.#offer(matching(choices, this.#exact(choices) ? "" : this.text), 0);
    else if (this.option.autocomplete) this.#ask();
    else this.#describe();
  }

  #exact(choices) {
    return choices.some((choice) => choice.label === this.text);
  }

  #describe() {
    const { description, description_localized: localized } = this.option;
    this.#hooks.offer(
      el(
        "div",
        { class: "suggestions command-hint" },
        el("strong", {}, this.name),
        " ",
        localized ?? description ?? "",
      ),
    );
  }

  #offer(choices, active) {
    this.#list.show(choices.slice(0, 25), { active });
    this.#list.node.classList.toggle("unsteered", active < 0);
    this.#list.node.dataset.walked = active < 0 ? "no" : "yes";
    this.#hooks.offer(this.#list.node);
  }

  /** Ask the bot for suggestions when typing pauses; only the newest answer counts. */
  #ask() {
    this.#describe();
    this.#asked += 1;
    const asked = this.#asked;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      if (document.activeElement !== this.#input) return;
      const choices = await this.#hooks.complete();
      if (asked !== this.#asked || document.activeElement !== this.#input || !choices.length) return;
      this.#offer(choices.map(asChoice), -1);
    }, SETTLE);
  }

  #choose(choice) {
    this.#asked += 1;
    this.#chosen = choice;
    this.text = choice.label;
    this.#hooks.offer(null);
  }

  /** Enter sends free text, unless a suggestion is selected. Where one of the choices is needed, Enter picks it. */
  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const listed = this.#list.node.isConnected && this.#list.size > 0;
    if (listed && event.key.startsWith("Arrow") && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      const first = this.#list.node.dataset.walked === "no";
      this.#list.node.dataset.walked = "yes";
      this.#list.node.classList.remove("unsteered");
      if (first && event.key === "ArrowDown") event.preventDefault();
      else this.#list.key(event);
      return;
    }
    const settled = this.#chosen?.label === this.text || (this.#choices && this.#exact(this.#choices));
    const takes =
      listed && this.#list.node.dataset.walked === "yes" && !settled && (event.key === "Enter" || event.key === "Tab");
    if (takes && this.#list.key(event)) return;
    this.#hooks.key(event);
  }
}

function asChoice({ name, name_localized: localized, value }) {
  return { value, label: localized ?? name };
}
