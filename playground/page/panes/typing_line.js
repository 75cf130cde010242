/** The line below the composer that says who is typing. */
import { el, fill } from "../widgets/dom.js";
import { t, words } from "../words/words.js";

export class TypingLine {
  node = el("div", { class: "typing", data: { part: "typing" }, "aria-live": "off" });

  /** `names`: of those who are typing. */
  show(names) {
    this.node.dataset.active = String(names.length > 0);
    fill(this.node, names.length ? [dots(), el("span", {}, sentence(names))] : null);
  }
}

function dots() {
  return el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
}

function sentence(names) {
  const [first, second, third] = names.map((name) => el("strong", {}, name));
  if (names.length === 1) return words("{first} is typing…", { first });
  if (names.length === 2) return words("{first} and {second} are typing…", { first, second });
  if (names.length === 3) return words("{first}, {second} and {third} are typing…", { first, second, third });
  return t("Several people are typing…");
}
