/** One picture large, with its alt text; arrow keys walk through the others beside it. */
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { fileAddress } from "../state/addresses.js";
import { t } from "../words/words.js";

export class Lightbox {
  #overlays;

  constructor(overlays) {
    this.#overlays = overlays;
  }

  /** `pictures`: [{media, alt}]. */
  open(pictures, index) {
    let at = index;
    const stage = el("div", { class: "lightbox-stage" });
    const show = (to) => {
      at = (to + pictures.length) % pictures.length;
      fill(stage, figure(pictures[at]));
    };
    const many = pictures.length > 1;
    const content = el(
      "div",
      { class: "lightbox", data: { part: "lightbox" } },
      many ? step("left", t("Previous picture"), () => show(at - 1)) : null,
      stage,
      many ? step("right", t("Next picture"), () => show(at + 1)) : null,
    );
    const closer = el(
      "button",
      { type: "button", class: "icon-button lightbox-close", "aria-label": t("Close") },
      icon("close", 24),
    );
    content.append(closer);
    content.addEventListener("keydown", (event) => {
      if (many && event.key === "ArrowLeft") show(at - 1);
      if (many && event.key === "ArrowRight") show(at + 1);
    });
    show(index);
    const close = this.#overlays.dialog(content, { label: t("Picture"), className: "full" });
    closer.addEventListener("click", close);
    content.addEventListener("click", (event) => {
      if (event.target === content || event.target === stage) close();
    });
    closer.focus();
  }
}

function figure({ media, alt }) {
  const address = fileAddress(media.proxy_url || media.url);
  return el(
    "figure",
    {},
    el("img", { src: address, alt, class: "lightbox-picture" }),
    el(
      "figcaption",
      {},
      alt ? el("span", { class: "alt" }, alt) : null,
      el("a", { href: address, target: "_blank", rel: "noopener noreferrer", class: "link" }, t("Open original")),
    ),
  );
}

function step(name, label, run) {
  return el(
    "button",
    { type: "button", class: "icon-button lightbox-step", "aria-label": label, on: { click: run } },
    icon(name, 28),
  );
}
