/**
 * Discord's Markdown: text in, a tree out. Pure: it knows no DOM and no names of people.
 *
 * Nodes: {type, …} with `children` where text is nested:
 *   text {text} · break · strong em underline strike spoiler {children} · code {text} · fence {language, text}
 *   quote {children} · heading {level, children} · subtext {children} · list {ordered, start, items: [[node]]}
 *   link {href, title, bare, children} · user {id} · channel {id} · role {id} · everyone {name}
 *   emoji {name, id, animated} · command {name, id} · time {at (seconds), style}
 */

const DEEPEST = 14;

const MENTION =
  /<(?:@!?(?<user>\d{1,20})|@&(?<role>\d{1,20})|#(?<channel>\d{1,20})|<?\/(?<command>[^:<>]{1,100}):(?<commandId>\d{1,20})|(?<animated>a?):(?<emoji>\w{2,32}):(?<emojiId>\d{1,20})|t:(?<at>-?\d{1,13})(?::(?<style>[tTdDfFRsS]))?)>/y;
const BROADCAST = /@(everyone|here)\b/y;
const URL_START = /https?:\/\/[^\s<]+/y;
const ANGLE_URL = /<(https?:\/\/[^\s<>]+)>/y;
const HEADING = /(#{1,3})[ \t]+([^\n]*)(?:\n|$)/y;
const SUBTEXT = /-#[ \t]+([^\n]*\S[^\n]*)(?:\n|$)/y;
const BULLET = /^( *)([-*]|\d{1,9}\.) +(?=\S)/;
const ESCAPABLE = /[^0-9A-Za-z\s\u0080-\uffff]/;
const PLAIN = /[^\\*_~|`<@\n[h:]+/y;
const WORD = /[\p{L}\p{N}_]/u;

/** Parse a message's text into a list of nodes. Never fails: what is not Markdown is text. */
export function parse(source) {
  return parseSpan(source, { blocks: true, quotes: true, links: true, depth: 0 });
}

/** Collects nodes; neighbouring texts become one. */
class Output {
  nodes = [];

  push(node) {
    this.nodes.push(node);
  }

  text(text) {
    const last = this.nodes.at(-1);
    if (last?.type === "text") last.text += text;
    else if (text) this.nodes.push({ type: "text", text });
  }
}

function parseSpan(source, state) {
  const out = new Output();
  if (state.depth > DEEPEST) {
    out.text(source);
    return out.nodes;
  }
  const inner = { ...state, depth: state.depth + 1 };
  let at = 0;
  while (at < source.length) {
    const atLineStart = at === 0 || source[at - 1] === "\n";
    const found = (atLineStart && state.blocks && block(source, at, inner)) || inline(source, at, inner);
    if (found) {
      if (found.node) out.push(found.node);
      else out.text(found.text);
      at = found.end;
    } else {
      out.text(source[at]);
      at += 1;
    }
  }
  return out.nodes;
}

function match(pattern, source, at) {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

// --- blocks: only at the start of a line ---

function block(source, at, state) {
  const rest = source[at];
  if (rest === ">" && state.quotes) return quote(source, at, state);
  if (rest === "#") return heading(source, at, state);
  if (source.startsWith("-# ", at)) return subtext(source, at, state);
  return list(source, at, state);
}

function quote(source, at, state) {
  const inner = { ...state, quotes: false };
  if (source.startsWith(">>> ", at)) {
    const text = source.slice(at + 4);
    return { node: { type: "quote", children: parseSpan(text, inner) }, end: source.length };
  }
  const lines = [];
  let end = at;
  while (source.startsWith("> ", end)) {
    const stop = lineEnd(source, end);
    lines.push(source.slice(end + 2, stop));
    end = Math.min(stop + 1, source.length);
    if (stop === source.length) break;
  }
  if (!lines.length) return null;
  return { node: { type: "quote", children: parseSpan(lines.join("\n"), inner) }, end };
}

function heading(source, at, state) {
  const found = match(HEADING, source, at);
  if (!found || !found[2].trim()) return null;
  const children = parseSpan(found[2].trim(), { ...state, blocks: false });
  return { node: { type: "heading", level: found[1].length, children }, end: at + found[0].length };
}

function subtext(source, at, state) {
  const found = match(SUBTEXT, source, at);
  if (!found) return null;
  const children = parseSpan(found[1], { ...state, blocks: false });
  return { node: { type: "subtext", children }, end: at + found[0].length };
}

function lineEnd(source, at) {
  const found = source.indexOf("\n", at);
  return found < 0 ? source.length : found;
}

/** A run of items of one level; what is indented deeper belongs to the item above it. */
function list(source, at, state) {
  const first = BULLET.exec(source.slice(at, lineEnd(source, at)));
  if (!first) return null;
  const ordered = first[2].length > 1;
  const { items, end } = listItems(source, at, first[1].length, ordered);
  const start = ordered ? Number.parseInt(first[2], 10) : 1;
  const parsed = items.map((item) => parseSpan(item, state));
  return { node: { type: "list", ordered, start, items: parsed }, end };
}

function listItems(source, at, indent, ordered) {
  const items = [];
  let end = at;
  let inFence = false;
  while (end < source.length) {
    const stop = lineEnd(source, end);
    const line = source.slice(end, stop);
    const bullet = inFence ? null : BULLET.exec(line);
    if (bullet && bullet[1].length <= indent + 1) {
      if (bullet[1].length < indent || bullet[2].length > 1 !== ordered) break;
      items.push(line.slice(bullet[0].length));
    } else if (items.length && (inFence || indentOf(line) >= indent + 2)) {
      items[items.length - 1] += `\n${dedent(line, indent + 2)}`;
    } else break;
    if ((line.match(/```/g) ?? []).length % 2) inFence = !inFence;
    end = Math.min(stop + 1, source.length);
  }
  return { items, end };
}

function indentOf(line) {
  return line.trim() ? line.length - line.trimStart().length : 0;
}

function dedent(line, width) {
  return line.slice(Math.min(width, line.length - line.trimStart().length));
}

// --- inline ---

const RULES = {
  "\\": escape,
  "*": star,
  _: underscore,
  "~": (source, at, state) => pair(source, at, "~~", "strike", state),
  "|": (source, at, state) => pair(source, at, "||", "spoiler", state),
  "`": code,
  "<": angle,
  "@": broadcast,
  "[": maskedLink,
  h: bareLink,
  "\n": () => ({ node: { type: "break" }, length: 1 }),
};

/** What stands at `at`: {node | text, end}, or null for a character that means nothing. */
function inline(source, at, state) {
  const rule = RULES[source[at]];
  const found = rule?.(source, at, state);
  if (found) return { end: at + (found.length ?? 0), ...found };
  const text = match(PLAIN, source, at);
  return text ? { text: text[0], end: at + text[0].length } : null;
}

function escape(source, at) {
  const next = source[at + 1];
  return next && ESCAPABLE.test(next) ? { text: next, length: 2 } : null;
}

function run(source, at) {
  let end = at;
  while (source[end] === source[at]) end += 1;
  return end - at;
}

function nested(type, source, from, to, state, end) {
  return { node: { type, children: parseSpan(source.slice(from, to), { ...state, blocks: false }) }, end };
}

function pair(source, at, mark, type, state) {
  if (!source.startsWith(mark, at)) return null;
  const close = closing(source, at + mark.length, mark);
  if (close < 0) return { text: source.slice(at, at + run(source, at)), length: run(source, at) };
  return nested(type, source, at + mark.length, close, state, close + mark.length);
}

function star(source, at, state) {
  const length = run(source, at);
  if (length >= 2) {
    const close = closing(source, at + 2, "**");
    if (close > 0) return nested("strong", source, at + 2, close, state, close + 2);
    if (length > 2) return { text: source.slice(at, at + length), length };
  }
  if (length > 1 || /\s/.test(source[at + 1] ?? " ")) return { text: source.slice(at, at + length), length };
  const close = closingStar(source, at + 1);
  return close < 0 ? null : nested("em", source, at + 1, close, state, close + 1);
}

function underscore(source, at, state) {
  const length = run(source, at);
  if (length >= 2) {
    const close = closing(source, at + 2, "__");
    if (close > 0) return nested("underline", source, at + 2, close, state, close + 2);
    return { text: source.slice(at, at + length), length };
  }
  if (at > 0 && WORD.test(source[at - 1])) return null;
  const close = closingUnderscore(source, at + 1);
  return close < 0 ? null : nested("em", source, at + 1, close, state, close + 1);
}

/** Steps over escapes and code, which hide marks; calls `stop(at)` elsewhere until it gives a number. */
function scan(source, from, stop) {
  let at = from;
  while (at < source.length) {
    if (source[at] === "\\") at += 2;
    else if (source[at] === "`") at = afterCode(source, at);
    else {
      const found = stop(at);
      if (typeof found === "number") return found;
      at += found?.skip ?? 1;
    }
  }
  return -1;
}

function afterCode(source, at) {
  const ticks = run(source, at);
  const close = closingTicks(source, at + ticks, ticks);
  return close < 0 ? at + ticks : close + ticks;
}

/** Where the closing mark begins; in a longer run it is the last of them, so `***a***` nests. */
function closing(source, from, mark) {
  return scan(source, from, (at) => {
    if (!source.startsWith(mark, at)) return null;
    const length = run(source, at);
    const close = at + length - mark.length;
    return close > from && source.slice(from, close).trim() ? close : { skip: length };
  });
}

function closingStar(source, from) {
  return scan(source, from, (at) => {
    if (source[at] !== "*") return null;
    const length = run(source, at);
    const closes = length !== 2 && at > from && !/\s/.test(source[at - 1]);
    return closes ? at + length - 1 : { skip: length };
  });
}

function closingUnderscore(source, from) {
  return scan(source, from, (at) => {
    if (source[at] !== "_") return null;
    const length = run(source, at);
    const closes = length === 1 && at > from && !WORD.test(source[at + 1] ?? " ");
    return closes ? at : { skip: length };
  });
}

function closingTicks(source, from, ticks) {
  let at = source.indexOf("`", from);
  while (at >= 0) {
    const length = run(source, at);
    if (length === ticks) return at;
    at = source.indexOf("`", at + length);
  }
  return -1;
}

function code(source, at) {
  const ticks = run(source, at);
  const fenced = ticks >= 3 ? fence(source, at) : null;
  if (fenced) return fenced;
  const close = ticks <= 2 ? closingTicks(source, at + ticks, ticks) : -1;
  const text = close < 0 ? "" : source.slice(at + ticks, close);
  if (!text) return { text: source.slice(at, at + ticks), length: ticks };
  return { node: { type: "code", text: ticks > 1 ? text.trim() : text }, end: close + ticks };
}

function fence(source, at) {
  const close = source.indexOf("```", at + 3);
  if (close < 0) return null;
  const body = source.slice(at + 3, close);
  const [, language = "", rest] = /^(?:([\w+\-.#]+)[ \t]*\n)?([\s\S]*)$/.exec(body);
  const text = rest.replace(/^\n+|\n+$/g, "");
  if (!text.trim()) return null;
  const end = close + 3;
  return { node: { type: "fence", language: language.toLowerCase(), text }, end: source[end] === "\n" ? end + 1 : end };
}

function angle(source, at, state) {
  const link = match(ANGLE_URL, source, at);
  if (link && state.links) return { node: bareNode(link[1]), length: link[0].length };
  const found = match(MENTION, source, at);
  return found ? { node: mention(found.groups), length: found[0].length } : null;
}

function mention(found) {
  if (found.user) return { type: "user", id: found.user };
  if (found.role) return { type: "role", id: found.role };
  if (found.channel) return { type: "channel", id: found.channel };
  if (found.command) return { type: "command", name: found.command, id: found.commandId };
  if (found.emoji) return { type: "emoji", name: found.emoji, id: found.emojiId, animated: found.animated === "a" };
  return { type: "time", at: Number(found.at), style: found.style ?? "f" };
}

function broadcast(source, at) {
  const found = match(BROADCAST, source, at);
  return found ? { node: { type: "everyone", name: found[0] }, length: found[0].length } : null;
}

function bareNode(href) {
  return { type: "link", href, title: "", bare: true, children: [{ type: "text", text: href }] };
}

function bareLink(source, at, state) {
  if (!state.links) return null;
  const found = match(URL_START, source, at);
  if (!found || !isWebAddress(found[0])) return null;
  const href = withoutTrailingMarks(found[0]);
  return { node: bareNode(href), length: href.length };
}

/** Punctuation that ends the sentence is not the link's; nor is a bracket that it did not open. */
function withoutTrailingMarks(url) {
  let end = url.length;
  while (end > 0) {
    const last = url[end - 1];
    const open = { ")": "(", "]": "[" }[last];
    const unbalanced = open && count(url.slice(0, end), last) > count(url.slice(0, end), open);
    if (!unbalanced && !/[.,:;"'!?*_~|\\`]/.test(last)) break;
    end -= 1;
  }
  return url.slice(0, end);
}

function count(text, character) {
  return text.split(character).length - 1;
}

function maskedLink(source, at, state) {
  if (!state.links) return null;
  const textEnd = balanced(source, at, "[", "]");
  if (textEnd < 0 || source[textEnd + 1] !== "(") return null;
  const targetEnd = balanced(source, textEnd + 1, "(", ")");
  if (targetEnd < 0) return null;
  const target = /^\s*(?:<([^<>\s]+)>|(\S+?))(?:\s+["']([\s\S]*)["'])?\s*$/.exec(source.slice(textEnd + 2, targetEnd));
  const href = target && (target[1] ?? target[2]);
  const text = source.slice(at + 1, textEnd);
  if (!href || !text.trim() || !isWebAddress(href)) return null;
  const children = parseSpan(text, { ...state, links: false, blocks: false });
  return { node: { type: "link", href, title: target[3] ?? "", bare: false, children }, end: targetEnd + 1 };
}

/** The bracket that closes the one at `at`, or -1. */
function balanced(source, at, open, close) {
  let depth = 0;
  for (let index = at; index < source.length; index += 1) {
    const character = source[index];
    if (character === "\\") index += 1;
    else if (character === open) depth += 1;
    else if (character === close) {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return -1;
}

/** http and https addresses that a browser understands; never javascript:, data: and the like. */
export function isWebAddress(address) {
  if (!/^https?:\/\//i.test(address)) return false;
  try {
    return Boolean(new URL(address).hostname);
  } catch {
    return false;
  }
}
