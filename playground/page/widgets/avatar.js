/** Pictures of people, drawn here: initials on a colour of their own, and a logo for bots. */
import { svg } from "./dom.js";

const COLOURS = ["#5865f2", "#2f8f6b", "#c2573a", "#a0479c", "#b5801f", "#2d7fb8", "#6a57c9", "#b8405e"];
const LETTERS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function colourOf(id) {
  let sum = 0;
  for (const digit of String(id)) sum = (sum * 31 + digit.charCodeAt(0)) % 9973;
  return COLOURS[sum % COLOURS.length];
}

/** Up to two letters; one for wide scripts such as Hangul. */
export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = (word) => [...LETTERS.segment(word)][0]?.segment ?? "";
  const letters = words.map(first).filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  if (!letters.length) return "?";
  return /[\u1100-\uffff]/.test(letters[0]) ? letters[0] : letters.slice(0, 2).join("").toUpperCase();
}

function canvas(size, ...children) {
  return svg(
    "svg",
    { viewBox: "0 0 40 40", width: size, height: size, "aria-hidden": "true", class: "avatar" },
    ...children,
  );
}

function letterPicture(text, colour, size, corner = 20) {
  const label = svg("text", {
    x: 20,
    y: 20,
    "text-anchor": "middle",
    "dominant-baseline": "central",
    fill: "#fff",
    "font-size": text.length > 1 ? 15 : 18,
    "font-weight": 600,
  });
  label.textContent = text;
  return canvas(size, svg("rect", { width: 40, height: 40, rx: corner, fill: colour }), label);
}

/** A mortarboard, the picture of bots. */
export function logo(size, corner = 20) {
  return canvas(
    size,
    svg("rect", { width: 40, height: 40, rx: corner, fill: "#4f6bed" }),
    svg("path", { d: "M0 40V26C14 33 28 30 40 14v26Z", fill: "#2fa58e", "fill-opacity": 0.75, "clip-path": "none" }),
    svg("path", { d: "M20 10.500 33.500 16.500 20 22.500 6.500 16.500Z", fill: "#fff" }),
    svg("path", {
      d: "M12 20.400v5.600c0 2.200 3.700 4.300 8 4.300s8-2.100 8-4.300v-5.600l-8 3.600Z",
      fill: "#fff",
      "fill-opacity": 0.85,
    }),
    svg("path", { d: "M31.500 17.500v7", stroke: "#ffd76a", "stroke-width": 2, "stroke-linecap": "round" }),
    svg("circle", { cx: 31.5, cy: 26.5, r: 2, fill: "#ffd76a" }),
  );
}

/** Whether an author is a webhook, which has no account: Discord gives it a discriminator of its own. */
export function isWebhook(user) {
  return user?.discriminator === "0000";
}

/** Picture of a user, `size` CSS pixels wide. A webhook's is its name's: it is no bot that one could speak to. */
export function avatar(user, size = 40, name = null) {
  const picture = user?.bot && !isWebhook(user)
    ? logo(size)
    : letterPicture(initials(name ?? user?.global_name ?? user?.username ?? "?"), colourOf(user?.id ?? "0"), size);
  picture.classList.add("round");
  return picture;
}

/** A server's initials, on a rounded square. */
export function guildPicture(guild, size = 48) {
  const words = guild.name.trim().split(/\s+/);
  const text =
    words.length > 1
      ? words
          .map((word) => initials(word)[0])
          .join("")
          .slice(0, 3)
      : initials(guild.name);
  return letterPicture(text, "transparent", size, 0);
}
