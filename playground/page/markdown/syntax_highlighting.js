/** A little syntax colouring: code in, a list of {kind, text} out, with kind one of the names below or null. */

const words = (text) => new Set(text.split(" "));

const C_WORDS =
  "auto break case catch class const continue default delete do else enum explicit export extern final finally for " +
  "friend goto if implements import inline instanceof interface let namespace new operator package private protected public " +
  "return sizeof static struct super switch template this throw throws try typedef typename union using var virtual void volatile " +
  "while yield async await function of in typeof extends boolean bool byte char double float int long short signed unsigned string " +
  "fn impl match mod mut pub trait type use where func go defer chan map range select fallthrough val fun when object override";
const LITERALS = "true false null undefined None True False nil NaN Infinity self this";

const LANGUAGES = {
  python: {
    keywords: words(
      "and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield",
    ),
    comment: "#.*",
    string:
      "(?:[rbfu]{0,2})(?:\"\"\"[\\s\\S]*?(?:\"\"\"|$)|'''[\\s\\S]*?(?:'''|$)|\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?)",
  },
  c: {
    keywords: words(C_WORDS),
    comment: "//.*|/\\*[\\s\\S]*?(?:\\*/|$)",
    string: "\"(?:\\\\.|[^\"\\\\\\n])*\"?|'(?:\\\\.|[^'\\\\\\n])*'?|`(?:\\\\.|[^`\\\\])*`?",
  },
  shell: {
    keywords: words(
      "if then else elif fi for while until do done case esac in function return exit export local set unset source alias cd echo",
    ),
    comment: "#.*",
    string: "\"(?:\\\\.|[^\"\\\\])*\"?|'[^']*'?",
  },
  sql: {
    keywords: words(
      "select from where insert into values update set delete create table index drop alter add primary key foreign references join left right inner outer on as and or not null is in like order by group having limit offset union distinct case when then else end with",
    ),
    anyCase: true,
    comment: "--.*|/\\*[\\s\\S]*?(?:\\*/|$)",
    string: "'(?:''|[^'])*'?",
  },
  json: { keywords: words(""), comment: "//.*", string: '"(?:\\\\.|[^"\\\\\\n])*"?' },
  tex: { keywords: words(""), comment: "%.*", string: "\\\\(?:[A-Za-z]+|.)" },
  markup: {
    keywords: words(""),
    comment: "<!--[\\s\\S]*?(?:-->|$)",
    string: "\"[^\"\\n]*\"|'[^'\\n]*'|</?[\\w:-]+|/?>",
  },
};

const NAMES = {
  py: "python",
  python: "python",
  python3: "python",
  rb: "python",
  ruby: "python",
  yaml: "shell",
  yml: "shell",
  toml: "shell",
  ini: "shell",
  sh: "shell",
  bash: "shell",
  shell: "shell",
  zsh: "shell",
  dockerfile: "shell",
  makefile: "shell",
  r: "python",
  julia: "python",
  sql: "sql",
  json: "json",
  tex: "tex",
  latex: "tex",
  html: "markup",
  xml: "markup",
  svg: "markup",
  vue: "markup",
};
for (const name of "js javascript ts typescript jsx tsx java c cpp c++ h hpp cs csharp go rs rust kt kotlin swift php dart scala css scss".split(
  " ",
)) {
  NAMES[name] = "c";
}

/** Split `code` into coloured pieces; joined, they give the code back. Unknown languages come back in one piece. */
export function highlight(code, language) {
  if (language === "diff") return diffLines(code);
  const rules = LANGUAGES[NAMES[language]];
  if (!rules) return [{ kind: null, text: code }];
  const pattern = new RegExp(
    `(?<comment>${rules.comment})|(?<string>${rules.string})|(?<number>\\b\\d[\\w.]*)|(?<word>[A-Za-z_$][\\w$]*)`,
    "g",
  );
  const pieces = [];
  let end = 0;
  for (const found of code.matchAll(pattern)) {
    if (found.index > end) pieces.push({ kind: null, text: code.slice(end, found.index) });
    end = found.index + found[0].length;
    pieces.push({ kind: kindOf(found, rules, code[end]), text: found[0] });
  }
  if (end < code.length) pieces.push({ kind: null, text: code.slice(end) });
  return pieces;
}

function kindOf({ groups }, rules, next) {
  if (groups.comment !== undefined) return "comment";
  if (groups.string !== undefined) return "string";
  if (groups.number !== undefined) return "number";
  const word = rules.anyCase ? groups.word.toLowerCase() : groups.word;
  if (rules.keywords.has(word)) return "keyword";
  if (LITERAL_WORDS.has(groups.word)) return "number";
  return next === "(" ? "function" : null;
}

const LITERAL_WORDS = words(LITERALS);

function diffLines(code) {
  return code.split(/(?<=\n)/).map((line) => {
    const kind = { "+": "added", "-": "removed", "@": "comment" }[line[0]] ?? null;
    return { kind, text: line };
  });
}
