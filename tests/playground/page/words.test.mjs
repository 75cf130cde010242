/** The page's words: all of them in the catalogues, and none outside. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { CATALOGUES, problemOf, setLocale, t, words } from "../../../playground/page/words/words.js";

const PAGE = fileURLToPath(new URL("../../../playground/page/", import.meta.url));
const files = readdirSync(PAGE, { recursive: true })
  .filter((name) => name.endsWith(".js") && !/words\/(?:ko|ja)\.js$/.test(name))
  .map((name) => ({ name: relative(PAGE, join(PAGE, name)), text: readFileSync(join(PAGE, name), "utf-8") }));

/** Code without comments and without what is given to `t` and `words`. */
const USED = /(?<![\w.$#])(?:t|words)\(\s*"((?:[^"\\]|\\.)*)"/g;
const bare = (text) => text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "").replaceAll(USED, "");

const used = new Set(
  files
    .filter(({ name }) => name !== "markdown/syntax_highlighting.js")
    .flatMap(({ text }) => [...text.matchAll(USED)].map(([, key]) => JSON.parse(`"${key}"`))),
);
const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

for (const [language, catalogue] of Object.entries(CATALOGUES)) {
  test(`${language} has every sentence, and no other`, () => {
    assert.deepEqual([...used].filter((key) => !(key in catalogue)).sort(), []);
    assert.deepEqual(Object.keys(catalogue).filter((key) => !used.has(key)).sort(), []);
  });

  test(`${language} keeps what stands in braces`, () => {
    for (const [key, text] of Object.entries(catalogue)) assert.deepEqual(places(text), places(key), key);
  });

  test(`${language} is not English`, () => {
    const same = Object.entries(catalogue).filter(([key, text]) => key === text);
    assert.deepEqual(same, []);
  });
}

/** Where people read or hear a text: children of elements, labels, titles, placeholders, notes. */
const SHOWN = [
  /(?:"aria-label"|title|placeholder|alt|label|heading|note|action|text|group|empty|content):\s*(?:[^,"`\n]*\?\s*)?["`]([^"`]*[A-Za-z]{2}[^"`]*)["`]/g,
  /\.(?:placeholder|title|textContent|innerText|alt)\s*=\s*[^;\n]*?["`]([^"`\n]*[A-Za-z]{2}[^"`\n]*)["`]/g,
  /(?:toast|say)\(\s*["`]([^"`]*[A-Za-z]{2}[^"`]*)["`]/g,
  /^\s*["`]([^"`]*[A-Za-z]{2}[^"`]*)["`],$/gm,
  /["`]([A-Z][a-z]+(?: [a-z]+)+[^"`]*)["`]/g,
  /el\([^()]*\},\s*["`]([^"`]*[A-Za-z]{2}[^"`]*)["`]/g,
];
/** Tags, classes, icons and ids, which look like texts. */
const CODE = new Set([
  ..."div button span li ul form time label width pre svg figure figcaption article aria-label aria-live".split(" "),
  ..."example error choose theme students smile save retry react present new-post line attach confirm".split(" "),
  ..."dismiss-examples dismiss discard direct-message markup".split(" "),
  ..."vote view-poll fieldset answer:${answer.id}".split(" "),
  "markup text-display",
  "markup embed-description",
]);

test("no words are outside the catalogues", () => {
  const outside = [];
  for (const { name, text } of files) {
    if (name === "markdown/syntax_highlighting.js" || name === "widgets/icons.js" || name === "composer/emoji.js") continue;
    for (const pattern of SHOWN) {
      for (const [, found] of bare(text).matchAll(pattern)) {
        const letters = found.replaceAll(/\$\{[^}]*\}?/g, "");
        if (/[A-Za-z]{2}/.test(letters) && !CODE.has(found)) outside.push(`${name}: ${found}`);
      }
    }
  }
  assert.equal(outside.join("\n"), "");
});

test("a page speaks the student's language, and English where it does not know it", () => {
  setLocale("ko");
  assert.equal(t("Today at {time}", { time: "10:24" }), "오늘 10:24");
  assert.deepEqual(words("Replying to {name}", { name: 7 }), [7, " 님에게 답장하는 중"]);
  setLocale("ja");
  assert.equal(t("Cancel"), "キャンセル");
  assert.equal(problemOf({ status: 403, code: 50013, message: "Missing Permissions" }), "その操作を行う権限がありません。");
  assert.equal(problemOf({ status: 400, code: 1, message: "as it came" }), "as it came");
  assert.equal(problemOf(new TypeError("network")), "サーバーに接続できません。");
  for (const locale of ["en-US", "fr", "toString"]) {
    setLocale(locale);
    assert.equal(t("Cancel"), "Cancel");
  }
});
