/** Counting the votes of polls: poll objects in, new ones out. https://docs.discord.com/developers/resources/poll */

/** One vote more (`step` 1) or less (-1) for an answer; `mine` when it is this student's. */
export function withVote(poll, answerId, step, mine) {
  const counts = poll.results?.answer_counts ?? [];
  const known = counts.find(({ id }) => id === answerId) ?? { id: answerId, count: 0, me_voted: false };
  if (mine && known.me_voted === step > 0) return poll; // the message told it already
  const changed = { ...known, count: Math.max(0, known.count + step), me_voted: mine ? step > 0 : known.me_voted };
  const others = counts.filter(({ id }) => id !== answerId);
  return { ...poll, results: { is_finalized: false, ...poll.results, answer_counts: [...others, changed] } };
}

/**
 * {ended, voted, total, answers: [{id, text, emoji, count, percent, mine, winner}]}. Percents are whole numbers of all
 * votes; the winners of an ended poll are the answers with the most votes.
 */
export function tally(poll) {
  const counts = new Map((poll.results?.answer_counts ?? []).map((one) => [one.id, one]));
  const total = [...counts.values()].reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(0, ...[...counts.values()].map(({ count }) => count));
  const ended = Boolean(poll.results?.is_finalized);
  const answers = poll.answers.map(({ answer_id: id, poll_media: media }) => {
    const { count = 0, me_voted: mine = false } = counts.get(id) ?? {};
    const percent = total ? Math.round((100 * count) / total) : 0;
    return { id, text: media.text ?? "", emoji: media.emoji?.name ?? null, count, percent, mine, winner: ended && most > 0 && count === most };
  });
  return { ended, voted: answers.some(({ mine }) => mine), total, answers };
}

/** What the message that ends a poll tells: {question, total, winner: {text, emoji, percent} | null}. */
export function resultOf(message) {
  const fields = message.embeds?.find(({ type }) => type === "poll_result")?.fields ?? [];
  const told = Object.fromEntries(fields.map(({ name, value }) => [name, value]));
  const total = Number(told.total_votes ?? 0);
  const won = told.victor_answer_id !== undefined;
  const percent = total ? Math.round((100 * Number(told.victor_answer_votes ?? 0)) / total) : 0;
  const emoji = told.victor_answer_emoji_name ?? null;
  return { question: told.poll_question_text ?? "", total, winner: won ? { text: told.victor_answer_text ?? "", emoji, percent } : null };
}
