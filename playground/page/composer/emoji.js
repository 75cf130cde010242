/** Emoji for the picker and for `:name:` completion; a small set. */

const TABLE = `😀 grinning|😄 smile|😂 joy|🙂 slight_smile|😉 wink|😊 blush|😍 heart_eyes|😎 sunglasses|🤔 thinking|😐 neutral_face
😴 sleeping|😅 sweat_smile|😭 sob|😢 cry|😮 open_mouth|😱 scream|😡 rage|🥳 partying_face|🤯 exploding_head|🤓 nerd
👍 thumbsup|👎 thumbsdown|👏 clap|🙏 pray|👋 wave|💪 muscle|👀 eyes|🙌 raised_hands|🤝 handshake|✌️ v|👌 ok_hand|☝️ point_up
❤️ heart|💙 blue_heart|💚 green_heart|💔 broken_heart|🔥 fire|✨ sparkles|⭐ star|🎉 tada|🎯 dart|🏆 trophy|💯 100|💡 bulb
✅ white_check_mark|❌ x|❓ question|❗ exclamation|⚠️ warning|⏳ hourglass_flowing_sand|⌛ hourglass|⏰ alarm_clock|🔁 repeat|🛑 octagonal_sign
📚 books|📖 book|📝 memo|📄 page_facing_up|📎 paperclip|📌 pushpin|📐 triangular_ruler|📏 straight_ruler|🧮 abacus|🔢 1234|➕ heavy_plus_sign|➖ heavy_minus_sign
🧪 test_tube|🔬 microscope|🔭 telescope|⚗️ alembic|🧬 dna|🌍 earth_africa|🧠 brain|🎓 mortar_board|🏫 school|✏️ pencil2|🖊️ pen_ballpoint|💻 computer
1️⃣ one|2️⃣ two|3️⃣ three|4️⃣ four|5️⃣ five|🅰️ a|🅱️ b|🟢 green_circle|🔴 red_circle|🟡 yellow_circle|🔵 blue_circle|🐶 dog|🐱 cat|🍎 apple|☕ coffee|🚀 rocket`;

export const EMOJI = TABLE.split(/[|\n]/).map((entry) => {
  const [character, name] = entry.split(" ");
  return { character, name };
});

export const QUICK = ["👍", "❤️", "😂", "🎉", "🤔", "👀"];

/** `:tada:` becomes 🎉, outside of code; other `:words:` stay. */
export function replaceNames(text) {
  const byName = new Map(EMOJI.map((entry) => [entry.name, entry.character]));
  return text
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((piece, index) =>
      index % 2 ? piece : piece.replace(/(?<![\w<:]):(\w{2,32}):(?!\d)/g, (whole, name) => byName.get(name) ?? whole),
    )
    .join("");
}
