/** The line below the composer that says who is typing. */
import { el, fill } from "../widgets/dom.js";

export class TypingLine {
  node = el("div", { class: "typing", data: { part: "typing" }, "aria-live": "off" });

  /** `names`: of those who are typing. */
  show(names) {
    this.node.dataset.active = String(names.length > 0);
    fill(this.node, names.length ? [dots(), el("span", {}, words(names))] : null);
  }
}

function dots() {
  return el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
}

function words(names) {
  const bold = names.map((name) => el("strong", {}, name));
  if (names.length === 1) return [bold[0], " is typing…"];
  if (names.length === 2) return [bold[0], " and ", bold[1], " are typing…"];
  if (names.length === 3) return [bold[0], ", ", bold[1], " and ", bold[2], " are typing…"];
  return ["Several people are typing…"];
}
