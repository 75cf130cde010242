/** A message in one line: for replies, thread previews and what is read out. */
import { parse } from "../markdown/parser.js";
import { plain } from "../markdown/plain_text.js";
import { t } from "../words/words.js";

const TEXT_DISPLAY = 10;

/** All text of a message, also where it stands in components. */
export function fullText(message) {
  const texts = [message.content, ...(message.components ?? []).flatMap(textsIn)];
  for (const embed of message.embeds ?? []) texts.push(embed.title, embed.description);
  return texts.filter(Boolean).join("\n");
}

function textsIn(component) {
  const own = component.type === TEXT_DISPLAY ? [component.content] : [];
  return [...own, ...(component.components ?? []).flatMap(textsIn)];
}

/** One line of plain text, with names in place of ids. */
export function preview(store, message, guildId) {
  const text = plain(named(parse(fullText(message)), store, guildId));
  if (text) return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  if (message.poll) return `📊 ${message.poll.question.text}`;
  if (message.attachments?.length) return t("📎 Attachment");
  if (message.components?.length) return t("Buttons");
  return "";
}

function named(nodes, store, guildId) {
  return nodes.map((node) => {
    if (node.type === "user") return { ...node, text: `@${store.displayName(store.users.get(node.id), guildId)}` };
    if (node.type === "channel") return { ...node, text: `#${store.channels.get(node.id)?.name ?? t("unknown")}` };
    if (node.type === "everyone") return { ...node, text: node.name };
    if (node.items) return { ...node, items: node.items.map((item) => named(item, store, guildId)) };
    return node.children ? { ...node, children: named(node.children, store, guildId) } : node;
  });
}
