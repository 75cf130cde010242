/**
 * The page's own words in the student's language. English is in the code, and is the key of the other catalogues.
 * A page is one student's: the language is set once, before anything is drawn.
 */
import { ja } from "./ja.js";
import { ko } from "./ko.js";

export const CATALOGUES = { ja, ko };

let language = "en";
let wanted = "en-US";

/** `locale` is Discord's, such as "ko" or "en-US". */
export function setLocale(locale) {
  const base = locale.split("-")[0];
  wanted = locale;
  language = base in CATALOGUES ? base : "en";
  if (globalThis.document) document.documentElement.lang = language;
}

/** For dates and numbers: the student's locale where the page speaks it, else the browser's. */
export function locale() {
  return language === "en" ? undefined : wanted;
}

function translated(english) {
  return CATALOGUES[language]?.[english] ?? english;
}

/** The sentence in the student's language; `{name}` stands for `values.name`. */
export function t(english, values = {}) {
  return translated(english).replaceAll(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Like `t` where values are nodes: a list of texts and nodes, in the order of the student's language. */
export function words(english, values) {
  return translated(english)
    .split(/\{(\w+)\}/)
    .map((part, index) => (index % 2 ? values[part] : part))
    .filter((part) => part !== "");
}

/** What the server's refusals mean to a student, by Discord's error code. */
function refusal(code) {
  switch (code) {
    case 10003:
      return t("That channel is not there any more.");
    case 10008:
      return t("That message is not there any more.");
    case 10062:
      return t("That is too late: the application does not wait for it any more.");
    case 20016:
      return t("Slowmode is on here: wait a little before you write again.");
    case 30003:
      return t("This channel has as many pins as there may be.");
    case 30010:
      return t("This message has as many different reactions as there may be.");
    case 40005:
      return t("A file is too large.");
    case 50001:
    case 50013:
      return t("You do not have permission to do that.");
    case 50006:
      return t("A message cannot be empty.");
    case 50007:
      return t("You cannot send messages to this user.");
    case 50083:
      return t("This thread is archived.");
    case 160004:
      return t("This message has a thread already.");
    default:
      return null;
  }
}

/** A failed request as a sentence for the student. */
export function problemOf(error) {
  if (!error.status) return t("No connection to the server.");
  return refusal(error.code) ?? error.message;
}
