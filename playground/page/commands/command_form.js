/** A slash command being filled in: a pill for each option, with choices, autocompletion and checks. */
import { commandOptions } from "./command_index.js";
import { CommandOption } from "./command_option.js";
import { avatar } from "../widgets/avatar.js";
import { el, fill } from "../widgets/dom.js";
import { OptionList, matching } from "../widgets/option_list.js";
import { t } from "../words/words.js";

export class CommandForm {
  #app;
  #command;
  #channelId;
  #done;
  #holder;
  #pills = [];
  #pillBox = el("span", { class: "command-pills" });
  #rest;
  #restList;
  #lastGiven;

  /** `given`: texts by option name; `list`: element that suggestions go to; `done()` leaves the form. */
  constructor(app, command, channelId, { given, done, list }) {
    this.#app = app;
    this.#command = command;
    this.#channelId = channelId;
    this.#done = done;
    this.#holder = list;
    this.#lastGiven = Object.keys(given).at(-1);
    this.#restList = new OptionList((option) => this.#add(option.option), {
      label: t("More options"),
      className: "suggestions",
    });
    this.#rest = el("input", {
      class: "command-rest",
      type: "text",
      autocomplete: "off",
      "aria-label": t("More options"),
      "aria-controls": this.#restList.id,
      on: {
        input: () => this.#restTyped(),
        focus: () => this.#showRest(),
        keydown: (event) => this.#restKey(event),
        blur: () => this.#clearList(),
      },
    });
    this.node = el(
      "div",
      {
        class: "command-form",
        role: "group",
        "aria-label": t("Command {name}", { name: command.title }),
        data: { part: "command", command: command.plainTitle },
      },
      avatar(command.bot, 22),
      el("span", { class: "command-name" }, `/${command.title}`),
      this.#pillBox,
      this.#rest,
      el("span", { class: "command-problem", role: "alert" }),
    );
    for (const option of command.options) {
      if (option.required || given[option.name] !== undefined) this.#pill(option, given[option.name] ?? "");
    }
    this.#countRest();
  }

  /** `topic:fractions questions:3` → {topic: "fractions", questions: "3"}; text before any name is the first option's. */
  static parse(command, text) {
    const names = command.options.flatMap((option) =>
      [option.name, option.name_localized].filter(Boolean).map((name) => ({ name, option })),
    );
    const given = {};
    const marks = [...text.matchAll(/(?:^|\s)([^\s:]{1,32}):/gu)]
      .map((found) => ({
        option: names.find(({ name }) => name === found[1])?.option,
        from: found.index,
        to: found.index + found[0].length,
      }))
      .filter(({ option }) => option);
    const lead = text.slice(0, marks[0]?.from ?? text.length).trim();
    if (lead && command.options[0]) given[command.options[0].name] = lead;
    marks.forEach(({ option, to }, index) => {
      given[option.name] = text.slice(to, marks[index + 1]?.from ?? text.length).trim();
    });
    return given;
  }

  /** Focus the option that was named last, else the first. */
  focus() {
    const last = this.#pills.find((pill) => pill.option.name === this.#lastGiven);
    (last ?? this.#pills[0] ?? this).focusInput();
  }

  focusInput() {
    this.#rest.focus();
  }

  /** Check every option and send, or show what is missing. */
  async submit() {
    for (const pill of this.#pills) {
      const problem = pill.problem();
      if (problem) {
        this.#say(problem);
        pill.focusInput();
        return;
      }
    }
    const files = [];
    const filled = this.#filled().map((pill) => pill.toOption(files));
    const data = { options: commandOptions(this.#command.path, filled) };
    const command = this.#command;
    this.#done();
    await this.#app.runCommand(command, this.#channelId, data, files);
  }

  #filled() {
    return this.#pills.filter((pill) => !pill.isEmpty);
  }

  #say(problem) {
    fill(this.node.querySelector(".command-problem"), problem);
  }

  #pill(option, text) {
    const pill = new CommandOption(this.#app, option, {
      guildId: this.#app.store.channels.get(this.#channelId)?.guild_id ?? null,
      text,
      complete: () => this.#complete(pill),
      offer: (node) => this.#offer(node),
      typed: () => this.#pillTyped(pill),
      key: (event) => this.#pillKey(event, pill),
    });
    this.#pills.push(pill);
    this.#pillBox.append(pill.node);
    this.#countRest();
    return pill;
  }

  #countRest() {
    const left = this.#open().length;
    this.#rest.placeholder = left ? t("+{count} optional", { count: left }) : "";
  }

  #offer(node) {
    this.#holder.replaceChildren(...(node ? [node] : []));
  }

  #clearList() {
    this.#holder.replaceChildren();
  }

  /** Ask for suggestions for the option in focus; send the other options along if their values are valid. */
  #complete(focused) {
    const options = this.#pills
      .filter((pill) => pill === focused || (!pill.isEmpty && !pill.problem()))
      .map((pill) => pill.toOption([], pill === focused));
    return this.#app.interactions.complete(this.#command, this.#channelId, {
      options: commandOptions(this.#command.path, options),
    });
  }

  /** When the text ends with an option's name ("fractions questions:"), move to that option. */
  #pillTyped(pill) {
    this.#say(null);
    const found = /(^|\s)([^\s:]{1,32}):\s?$/u.exec(pill.text);
    const option =
      found && this.#command.options.find((one) => one.name === found[2] || one.name_localized === found[2]);
    if (!option) return;
    pill.text = pill.text.slice(0, found.index);
    (this.#pills.find((one) => one.option === option) ?? this.#pill(option, "")).focusInput();
  }

  #pillKey(event, pill) {
    if (event.key === "Enter") {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#done();
    } else if (event.key === "Backspace" && pill.isBlank) {
      event.preventDefault();
      this.#remove(pill);
    } else if (event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      (this.#pills[this.#pills.indexOf(pill) + 1] ?? this).focusInput();
    }
  }

  #remove(pill) {
    const at = this.#pills.indexOf(pill);
    if (pill.option.required && at === 0) {
      this.#done();
      return;
    }
    const to = this.#pills[at - 1] ?? this;
    if (!pill.option.required) {
      this.#pills.splice(at, 1);
      pill.node.remove();
      this.#countRest();
    }
    to.focusInput();
  }

  // --- the place after the last pill: more options ---

  #open() {
    const used = new Set(this.#pills.map((pill) => pill.option));
    return this.#command.options.filter((option) => !used.has(option));
  }

  #showRest() {
    const options = this.#open().map((option) => ({
      value: option.name,
      label: option.name_localized ?? option.name,
      description: option.description_localized ?? option.description,
      group: t("Options"),
      option,
    }));
    this.#restList.show(matching(options, this.#rest.value), { empty: null });
    this.#offer(options.length ? this.#restList.node : null);
  }

  #restTyped() {
    this.#say(null);
    const found = /^\s*([^\s:]{1,32}):\s?$/u.exec(this.#rest.value);
    const option = found && this.#open().find((one) => one.name === found[1] || one.name_localized === found[1]);
    if (option) this.#add(option);
    else this.#showRest();
  }

  #add(option) {
    this.#rest.value = "";
    this.#pill(option, "").focusInput();
  }

  #restKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !this.#rest.value && !this.#restList.node.dataset.walked) {
      event.preventDefault();
      this.submit();
      return;
    }
    if (event.key.startsWith("Arrow")) this.#restList.node.dataset.walked = "";
    if (event.key === "Tab" && (event.shiftKey || !this.#restList.size)) return;
    if (this.#restList.key(event)) return;
    if (event.key === "Escape" || (event.key === "Backspace" && !this.#rest.value && !this.#pills.length)) {
      event.preventDefault();
      event.stopPropagation();
      this.#done();
    } else if (event.key === "Backspace" && !this.#rest.value) {
      event.preventDefault();
      this.#pills.at(-1).focusInput();
    }
  }
}
