/** Discord's Markdown as the page reads it. Run by `node --test`; tests/e2e/test_page.py does that. */
import assert from "node:assert/strict";
import test from "node:test";

import { parse } from "../../../playground/page/markdown/parser.js";
import { isJumbo, plain } from "../../../playground/page/markdown/plain_text.js";

const text = (value) => ({ type: "text", text: value });
const BREAK = { type: "break" };
const nested = (type, ...children) => ({
  type,
  children: children.map((one) => (typeof one === "string" ? text(one) : one)),
});

test("bold, italic, underline, strike and spoiler nest in each other", () => {
  assert.deepEqual(parse("**a *b* __c__** ~~d~~ ||e||"), [
    nested("strong", "a ", nested("em", "b"), " ", nested("underline", "c")),
    text(" "),
    nested("strike", "d"),
    text(" "),
    nested("spoiler", "e"),
  ]);
});

test("three stars are bold and italic at once", () => {
  assert.deepEqual(parse("***both***"), [nested("strong", nested("em", "both"))]);
});

test("underscores inside words and stars between spaces are only characters", () => {
  assert.deepEqual(parse("snake_case_name 2 * 3 * 4"), [text("snake_case_name 2 * 3 * 4")]);
  assert.deepEqual(parse("_word_"), [nested("em", "word")]);
});

test("a mark that is never closed stays in the text", () => {
  for (const source of [
    "**open",
    "*open",
    "__open",
    "~~open",
    "||open",
    "`open",
    "```open",
    "[open](",
    "<@open",
    "\\",
  ]) {
    assert.deepEqual(parse(source), [text(source)]);
  }
});

test("a backslash takes a mark's meaning away, and is shown before letters", () => {
  assert.deepEqual(parse("\\*not bold\\* \\frac"), [text("*not bold* \\frac")]);
  assert.deepEqual(parse("**a \\** b**"), [nested("strong", "a ** b")]);
});

test("code keeps every character", () => {
  assert.deepEqual(parse("`**a** <@1>` ``b ` c``"), [
    { type: "code", text: "**a** <@1>" },
    text(" "),
    { type: "code", text: "b ` c" },
  ]);
});

test("marks are not closed by what stands in code", () => {
  assert.deepEqual(parse("**a `**` b**"), [nested("strong", "a ", { type: "code", text: "**" }, " b")]);
});

test("a fence has its language only when a line of its own names it", () => {
  assert.deepEqual(parse("```py\nprint(1)\n```"), [{ type: "fence", language: "py", text: "print(1)" }]);
  assert.deepEqual(parse("```just text```"), [{ type: "fence", language: "", text: "just text" }]);
  assert.deepEqual(parse("```\n  indented\n```"), [{ type: "fence", language: "", text: "  indented" }]);
});

test("a fence may stand in the middle of a text", () => {
  assert.deepEqual(parse("a ```js\nb\n``` c"), [text("a "), { type: "fence", language: "js", text: "b" }, text(" c")]);
});

test("headings have one to three marks and a space", () => {
  assert.deepEqual(parse("# One\n## **Two**\n### Three\n#### four\n#five"), [
    { type: "heading", level: 1, ...nested("x", "One"), type: "heading" },
    { ...nested("heading", nested("strong", "Two")), level: 2 },
    { ...nested("heading", "Three"), level: 3 },
    text("#### four"),
    BREAK,
    text("#five"),
  ]);
});

test("small text begins with -# and is not a list", () => {
  assert.deepEqual(parse("-# small *x*\nnormal"), [nested("subtext", "small ", nested("em", "x")), text("normal")]);
});

test("a quote joins its lines and ends where they end", () => {
  assert.deepEqual(parse("> a\n> b\nc"), [nested("quote", "a", BREAK, "b"), text("c")]);
});

test("three angle brackets quote everything that follows", () => {
  assert.deepEqual(parse("a\n>>> b\nc"), [text("a"), BREAK, nested("quote", "b", BREAK, "c")]);
});

test("a bracket without a space is not a quote", () => {
  assert.deepEqual(parse(">a"), [text(">a")]);
});

test("lists nest by indentation, and their kinds do not mix", () => {
  const [bullets, numbers] = parse("- a\n  - b\n- c\n3. d\n4. e");
  assert.deepEqual(bullets, {
    type: "list",
    ordered: false,
    start: 1,
    items: [[text("a"), BREAK, { type: "list", ordered: false, start: 1, items: [[text("b")]] }], [text("c")]],
  });
  assert.deepEqual(numbers, { type: "list", ordered: true, start: 3, items: [[text("d")], [text("e")]] });
});

test("code in a list item stays whole", () => {
  const [list] = parse("- step\n  ```py\n  - not an item\n\n  x = 1\n  ```\n- next");
  assert.equal(list.items.length, 2);
  assert.deepEqual(list.items[0][2], { type: "fence", language: "py", text: "- not an item\n\nx = 1" });
});

test("addresses become links without the sentence's punctuation", () => {
  const link = (href) => ({ type: "link", href, title: "", bare: true, children: [text(href)] });
  assert.deepEqual(parse("see https://example.org/a_(b)."), [
    text("see "),
    link("https://example.org/a_(b)"),
    text("."),
  ]);
  assert.deepEqual(parse("(https://example.org/a)"), [text("("), link("https://example.org/a"), text(")")]);
  assert.deepEqual(parse("<https://example.org>"), [link("https://example.org")]);
});

test("masked links go to the web alone", () => {
  assert.deepEqual(parse("[[1]](https://discord.com/channels/1/2/3)"), [
    { type: "link", href: "https://discord.com/channels/1/2/3", title: "", bare: false, children: [text("[1]")] },
  ]);
  for (const address of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "/relative", "https://"]) {
    const source = `[x](${address})`;
    assert.deepEqual(
      parse(source).filter((node) => node.type === "link" && !node.bare),
      [],
    );
  }
});

test("mentions, emoji, commands and times carry their ids", () => {
  assert.deepEqual(parse("<@12><@!13><@&14><#15></quiz start:16><:cat:17><a:dog:18><t:60:R><t:-60>@everyone"), [
    { type: "user", id: "12" },
    { type: "user", id: "13" },
    { type: "role", id: "14" },
    { type: "channel", id: "15" },
    { type: "command", name: "quiz start", id: "16" },
    { type: "emoji", name: "cat", id: "17", animated: false },
    { type: "emoji", name: "dog", id: "18", animated: true },
    { type: "time", at: 60, style: "R" },
    { type: "time", at: -60, style: "f" },
    { type: "everyone", name: "@everyone" },
  ]);
});

test("HTML is text", () => {
  for (const source of ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;"]) {
    assert.deepEqual(parse(source), [text(source)]);
  }
});

test("only emoji are shown large", () => {
  assert.equal(isJumbo(parse("🎉 👩‍🔬 <:cat:1>")), true);
  assert.equal(isJumbo(parse("🎉 yes")), false);
  assert.equal(isJumbo(parse("12")), false);
  assert.equal(isJumbo(parse("")), false);
});

test("plain text leaves the marks out", () => {
  assert.equal(plain(parse("# Title\n- **a**\n- b `c`\nso **there**.")), "Title a b c so there.");
});

test("every character of a text without marks survives", () => {
  const source = "한글과 漢字, emoji 👍🏽, math x² ≤ √2, tabs\tand  spaces";
  assert.deepEqual(parse(source), [text(source)]);
});

test("hostile texts are read to their end", () => {
  const units = [
    "`",
    "*",
    "**",
    "_",
    "~~",
    "||",
    "[",
    "[(",
    "<",
    "<@",
    "> ",
    ">>> ",
    "- ",
    "  - ",
    "# ",
    "*a ",
    "**a ",
    "||a",
    "\\",
    "https://",
  ];
  for (const unit of units) {
    const nodes = parse(unit.repeat(Math.ceil(4000 / unit.length)));
    assert.ok(Array.isArray(nodes), unit);
  }
});
