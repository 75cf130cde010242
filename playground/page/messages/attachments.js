/** Attachments of a message: pictures and files. */
import { el } from "../widgets/dom.js";
import { icon } from "../widgets/icons.js";
import { fileAddress, isHere } from "../state/addresses.js";
import { fileSize } from "../widgets/time.js";
import { t } from "../words/words.js";

const WIDEST = 550;
const TALLEST = 350;
const SPOILER = 1 << 3;

export function isPicture(media) {
  return /^image\/(?!svg)/.test(media.content_type ?? "") || (!media.content_type && Boolean(media.width));
}

export function isSpoiler(attachment) {
  return attachment.filename?.startsWith("SPOILER_") || Boolean((attachment.flags ?? 0) & SPOILER);
}

/** The size at which a picture is shown: as large as it is, within the limits. */
export function shownSize({ width, height }, widest = WIDEST, tallest = TALLEST) {
  if (!width || !height) return null;
  const scale = Math.min(1, widest / width, tallest / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function elsewhere(address, alt) {
  return el(
    "a",
    { class: "picture-elsewhere link", href: address, target: "_blank", rel: "noopener noreferrer" },
    icon("image", 24),
    alt || t("Open picture"),
  );
}

/**
 * A picture that opens in the lightbox. `media`: {url, proxy_url, width, height}; `alt` is read out and shown there.
 * `gallery`: the pictures that the lightbox walks through, `index` this one's place in it.
 */
export function picture(
  app,
  media,
  { alt = "", gallery = null, index = 0, widest, tallest, cover = false, spoiler = false } = {},
) {
  const address = fileAddress(media.proxy_url || media.url);
  if (!isHere(address)) return elsewhere(media.url, alt);
  const size = shownSize(media, widest, tallest);
  const image = el("img", {
    src: address,
    alt,
    loading: "lazy",
    decoding: "async",
    width: size?.width,
    height: size?.height,
    draggable: "false",
  });
  const pictures = gallery ?? [{ media, alt }];
  const box = el(
    "button",
    {
      type: "button",
      class: cover ? "picture cover" : "picture",
      data: { part: "picture" },
      "aria-label": alt ? t("Open picture: {text}", { text: alt.slice(0, 200) }) : t("Open picture"),
      style: size && !cover ? { width: `${size.width}px`, "aspect-ratio": `${size.width} / ${size.height}` } : {},
      on: { click: () => app.lightbox.open(pictures, index) },
    },
    image,
  );
  image.addEventListener("error", () => failed(app, box, image, media), { once: true });
  return spoiler ? covered(box) : box;
}

/** Links of attachments expire: fetch a new one once; if that fails, say that the picture is gone. */
async function failed(app, box, image, media) {
  image.addEventListener(
    "error",
    () => box.replaceChildren(icon("image", 28), el("span", {}, image.alt || t("Picture not available"))),
    { once: true },
  );
  const fresh = await app.freshAddress(media.url);
  if (fresh) image.src = fileAddress(fresh);
  else image.dispatchEvent(new Event("error"));
}

/** Blur a spoiler until it is clicked. */
export function covered(node) {
  const box = el("div", { class: "covered", data: { state: "hidden" } }, node);
  const show = el("button", { type: "button", class: "covered-label", "aria-label": t("Show spoiler") }, t("Spoiler"));
  node.inert = true;
  show.addEventListener("click", () => {
    box.dataset.state = "shown";
    node.inert = false;
    show.remove();
  });
  box.append(show);
  return box;
}

/** A card with name, size and a download link. */
export function fileCard({ url, filename, name, size }) {
  const label = filename ?? name ?? t("file");
  const address = fileAddress(url);
  return el(
    "div",
    { class: "file-card", data: { part: "file", filename: label } },
    el("span", { class: "file-icon" }, icon("file", 28)),
    el(
      "span",
      { class: "file-text" },
      el(
        "a",
        { class: "link file-name", href: address, target: "_blank", rel: "noopener noreferrer", title: label },
        label,
      ),
      el("span", { class: "file-size" }, size === undefined || size === null ? "" : fileSize(size)),
    ),
    el(
      "a",
      { class: "icon-button", href: address, download: label, "aria-label": t("Download {name}", { name: label }), title: t("Download") },
      icon("download"),
    ),
  );
}

/** A message's attachments: pictures together, files below each other. */
export function attachments(app, list) {
  const pictures = list.filter(isPicture);
  const others = list.filter((one) => !isPicture(one));
  const gallery = pictures.map((media) => ({ media, alt: media.description ?? "" }));
  return el(
    "div",
    { class: "attachments" },
    pictures.length ? mosaic(app, gallery, pictures.map(isSpoiler)) : null,
    others.map((one) =>
      one.content_type?.startsWith("audio/")
        ? audio(one)
        : one.content_type?.startsWith("video/")
          ? video(one)
          : fileCard(one),
    ),
  );
}

function audio({ url, filename }) {
  return el("audio", { controls: true, preload: "metadata", src: fileAddress(url), "aria-label": filename });
}

function video({ url, filename }) {
  return el("video", {
    controls: true,
    preload: "metadata",
    src: fileAddress(url),
    class: "video",
    "aria-label": filename,
  });
}

/** One picture at its own size; several as a grid. `pictures`: [{media, alt}]. */
export function mosaic(app, pictures, spoilers = []) {
  const single = pictures.length === 1;
  return el(
    "div",
    { class: single ? "mosaic single" : "mosaic", data: { count: Math.min(pictures.length, 10), part: "gallery" } },
    pictures.map(({ media, alt }, index) =>
      picture(app, media, {
        alt,
        gallery: pictures,
        index,
        cover: !single,
        spoiler: spoilers[index],
      }),
    ),
  );
}
