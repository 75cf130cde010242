/** Dates and times as Discord writes them. Weekday and clock follow the student's language. */
import { locale, t } from "../words/words.js";

const DAY = 86_400_000;
/** Units in seconds, and from how many seconds on they are used: Discord says "in a day" from 22 hours on, not "in 22". */
const STEPS = [
  ["year", 31_536_000, 28_944_000],
  ["month", 2_592_000, 2_246_400],
  ["day", 86_400, 79_200],
  ["hour", 3600, 2700],
  ["minute", 60, 45],
  ["second", 1, 0],
];
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};

const format = (date, options) => new Intl.DateTimeFormat(locale(), options).format(date);
const startOfDay = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());

export function sameDay(left, right) {
  return startOfDay(left).getTime() === startOfDay(right).getTime();
}

/** "Today at 10:24 PM", "Yesterday at …", "11/20/2026, 10:24 PM". */
export function messageTime(date, now = new Date()) {
  const days = Math.round((startOfDay(now) - startOfDay(date)) / DAY);
  if (days === 0) return t("Today at {time}", { time: clock(date) });
  if (days === 1) return t("Yesterday at {time}", { time: clock(date) });
  return format(date, { dateStyle: "short", timeStyle: "short" });
}

export function clock(date) {
  return format(date, { timeStyle: "short" });
}

export function longDay(date) {
  return format(date, { dateStyle: "long" });
}

export function exact(date) {
  return format(date, { dateStyle: "full", timeStyle: "short" });
}

/** "in 12 seconds", "3 days ago". */
export function relative(date, now = Date.now()) {
  const seconds = Math.round((date.getTime() - now) / 1000);
  const [unit, length] = STEPS.find(([, , from]) => Math.abs(seconds) >= from);
  const count = Math.round(Math.abs(seconds) / length) || (unit === "second" ? 0 : 1);
  return new Intl.RelativeTimeFormat(locale(), { numeric: "always" }).format(seconds < 0 ? -count : count, unit);
}

/** Text of Discord's `<t:at:style>`; `R` changes as time goes by. */
export function stamp(date, style) {
  return style === "R" ? relative(date) : format(date, STYLES[style] ?? STYLES.f);
}

/** "3.2 MB" */
export function fileSize(bytes) {
  const units = [t("bytes"), "KB", "MB", "GB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit ? size.toFixed(2).replace(/\.?0+$/, "") : size} ${units[unit]}`;
}

/** Keep every `<time data-live>` of the page true, once a second; returns the function that stops it. */
export function keepTimesTrue(root = document) {
  const timer = setInterval(() => {
    for (const node of root.querySelectorAll("time[data-live]")) {
      const text = relative(new Date(node.dateTime));
      if (node.textContent !== text) node.textContent = text;
    }
  }, 1000);
  return () => clearInterval(timer);
}
