/** What can be told from a Markdown tree: its plain text, and whether it is nothing but emoji. */

/** The text of a tree without its marks, on one line, for previews and screen readers. */
export function plain(nodes) {
  return gather(nodes).replace(/\s+/g, " ").trim();
}

const BLOCKS = new Set(["heading", "subtext", "quote", "list", "fence"]);

function gather(nodes) {
  return nodes
    .map((node) => {
      const text = wordsOf(node);
      return BLOCKS.has(node.type) ? ` ${text} ` : text;
    })
    .join("");
}

function wordsOf(node) {
  if (node.type === "break") return " ";
  if (node.type === "list") return node.items.map(gather).join(" ");
  if (node.type === "emoji") return `:${node.name}:`;
  return node.text ?? (node.children ? gather(node.children) : "");
}

/** Only emoji and white space, and few enough of them that Discord shows them large. */
export function isJumbo(nodes) {
  let count = 0;
  for (const node of nodes) {
    if (node.type === "emoji") count += 1;
    else if (node.type === "text") {
      const left = node.text.replace(/\p{RGI_Emoji}/gv, () => {
        count += 1;
        return "";
      });
      if (left.trim()) return false;
    } else if (node.type !== "break") return false;
  }
  return count > 0 && count <= 27;
}
