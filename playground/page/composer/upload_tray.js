/** Files that wait in the composer, each with a preview and a way out. */
import { el, fill } from "../widgets/dom.js";
import { icon } from "../widgets/icons.js";
import { fileSize } from "../widgets/time.js";
import { t } from "../words/words.js";

const MOST = 10;

export class UploadTray {
  files = [];
  #previews = new Map();
  #onChange;
  #onProblem;

  constructor(onChange, onProblem) {
    this.#onChange = onChange;
    this.#onProblem = onProblem;
    this.node = el("ul", {
      class: "upload-tray",
      "aria-label": t("Files to send"),
      hidden: true,
      data: { part: "uploads" },
    });
  }

  add(files) {
    const room = MOST - this.files.length;
    if (files.length > room) this.#onProblem(t("A message carries {count} files at most.", { count: MOST }));
    this.#set([...this.files, ...[...files].slice(0, room)]);
  }

  /** Take everything out, to be sent. */
  take() {
    const files = this.files;
    this.#set([]);
    return files;
  }

  restore(files) {
    this.#set(files);
  }

  #set(files) {
    this.files = files;
    for (const [file, address] of this.#previews) {
      if (!files.includes(file)) {
        URL.revokeObjectURL(address);
        this.#previews.delete(file);
      }
    }
    this.node.hidden = !files.length;
    fill(
      this.node,
      files.map((file) => this.#card(file)),
    );
    this.#onChange();
  }

  #card(file) {
    const drop = () => this.#set(this.files.filter((one) => one !== file));
    return el(
      "li",
      { class: "upload", data: { filename: file.name } },
      el("div", { class: "upload-picture" }, this.#picture(file)),
      el("div", { class: "upload-name", title: file.name }, file.name),
      el("div", { class: "upload-size" }, fileSize(file.size)),
      el(
        "button",
        {
          type: "button",
          class: "icon-button upload-remove",
          "aria-label": t("Remove {name}", { name: file.name }),
          on: { click: drop },
        },
        icon("trash", 18),
      ),
    );
  }

  #picture(file) {
    if (!/^image\/(?!svg)/.test(file.type)) return icon("file", 44);
    if (!this.#previews.has(file)) this.#previews.set(file, URL.createObjectURL(file));
    return el("img", { src: this.#previews.get(file), alt: "" });
  }
}
