/** What the composer makes of what is typed. */
import assert from "node:assert/strict";
import test from "node:test";

import { replaceNames } from "../../../playground/page/composer/emoji.js";
import { highlight } from "../../../playground/page/markdown/syntax_highlighting.js";
import { decodeMentions, encodeMentions, mentionSpans, tokenAt } from "../../../playground/page/composer/mentions.js";
import { compareIds, createdAt, makeNonce } from "../../../playground/page/state/snowflakes.js";
import { fileSize, relative } from "../../../playground/page/widgets/time.js";

const NAMES = [
  { mark: "@", name: "Saem", mention: "<@1>" },
  { mark: "@", name: "Saem Two", mention: "<@2>" },
  { mark: "@", name: "민지", mention: "<@3>" },
  { mark: "@", name: "minji", mention: "<@3>" },
  { mark: "#", name: "math", mention: "<#4>" },
];

test("a typed name becomes a mention, whatever its case", () => {
  assert.equal(encodeMentions("@Saem 3x = 6", NAMES), "<@1> 3x = 6");
  assert.equal(encodeMentions("hi @saem, and @MINJI!", NAMES), "hi <@1>, and <@3>!");
});

test("the longest name wins, and no name is found inside a word or an address", () => {
  assert.equal(encodeMentions("@Saem Two", NAMES), "<@2>");
  assert.equal(encodeMentions("@Saemuel a@saem.org", NAMES), "@Saemuel a@saem.org");
});

test("Korean particles may follow a name", () => {
  assert.equal(encodeMentions("@민지야 @Saem에게", NAMES), "<@3>야 <@1>에게");
});

test("names in code stay names", () => {
  assert.equal(encodeMentions("`@Saem` ```\n@Saem\n``` @Saem", NAMES), "`@Saem` ```\n@Saem\n``` <@1>");
});

test("channels are mentioned like people", () => {
  assert.equal(encodeMentions("see #math.", NAMES), "see <#4>.");
});

test("no name of a thread or person keeps others from writing, whatever signs it has", () => {
  const signs = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
  for (const sign of signs) {
    const names = [{ mark: "#", name: `x${sign}y`, mention: "<#9>" }, ...NAMES];
    assert.equal(encodeMentions(`@Saem see #x${sign}y!`, names), "<@1> see <#9>!", `with ${sign}`);
  }
});

test("editing shows names again", () => {
  assert.equal(decodeMentions("<@1> <@!3> <#4> <@99>", NAMES), "@Saem @민지 #math <@99>");
});

test("mentions are marked where they stand", () => {
  assert.deepEqual(mentionSpans("a @Saem b @nobody", NAMES), [[2, 7]]);
});

test("what is being typed is found before the caret", () => {
  assert.deepEqual(tokenAt("hi @Sa", 6), { kind: "@", query: "Sa", from: 3 });
  assert.deepEqual(tokenAt("hi @", 4), { kind: "@", query: "", from: 3 });
  assert.deepEqual(tokenAt("/qu", 3), { kind: "/", query: "qu", from: 0 });
  assert.deepEqual(tokenAt(":tad", 4), { kind: ":", query: "tad", from: 0 });
  assert.equal(tokenAt("mail a@b", 8), null);
  assert.equal(tokenAt("12:30", 5), null);
  assert.equal(tokenAt("no /command", 11), null);
  assert.equal(tokenAt("hi @Sa and more", 15), null);
});

test("emoji names become emoji outside of code", () => {
  assert.equal(
    replaceNames("yes :tada: `:tada:` :nothing_like_it: 10:30:45"),
    "yes 🎉 `:tada:` :nothing_like_it: 10:30:45",
  );
});

test("coloured code joins to what it was", () => {
  const code = 'def f(x):\n    # note\n    return "s" + str(x) if x else None  # \'end\n';
  for (const language of ["python", "js", "sql", "bash", "json", "tex", "html", "diff", "", "nothing-known"]) {
    assert.equal(
      highlight(code, language)
        .map((piece) => piece.text)
        .join(""),
      code,
    );
  }
});

test("keywords, strings and comments are told apart", () => {
  const kinds = Object.fromEntries(highlight('return "a" # b', "python").map((piece) => [piece.text, piece.kind]));
  assert.equal(kinds.return, "keyword");
  assert.equal(kinds['"a"'], "string");
  assert.equal(kinds["# b"], "comment");
});

test("ids compare as numbers and nonces grow", () => {
  assert.equal(compareIds("9", "10"), -1);
  assert.equal(compareIds("10", "10"), 0);
  const [first, second] = [makeNonce(), makeNonce()];
  assert.equal(compareIds(first, second), -1);
  assert.ok(first.length <= 25);
});

test("an id tells when it was made", () => {
  assert.equal(createdAt("175928847299117063").toISOString(), "2016-04-30T11:18:25.796Z");
});

test("times are said in the unit that fits", () => {
  const now = Date.UTC(2026, 0, 1);
  assert.match(relative(new Date(now + 30_000), now), /30/);
  assert.match(relative(new Date(now - 3 * 3600_000), now), /3/);
});

test("sizes are said in the unit that fits", () => {
  assert.equal(fileSize(7), "7 bytes");
  assert.equal(fileSize(2400), "2.34 KB");
  assert.equal(fileSize(25 * 1024 * 1024), "25 MB");
});
