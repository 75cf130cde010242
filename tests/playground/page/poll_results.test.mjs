/** The votes of polls: counted from the gateway's events, shown as whole percents. */
import assert from "node:assert/strict";
import test from "node:test";

import { resultOf, tally, withVote } from "../../../playground/page/messages/poll_results.js";
import { Store } from "../../../playground/page/state/store.js";

globalThis.localStorage ??= { getItem: () => null, setItem: () => {} };

const answer = (id, text) => ({ answer_id: id, poll_media: { text } });
const POLL = { question: { text: "When?" }, answers: [answer(1, "now"), answer(2, "later"), answer(3, "never")] };
const counts = (poll) => tally(poll).answers.map(({ count }) => count);

test("votes come and go, and nothing falls below none", () => {
  let poll = withVote(withVote(POLL, 1, 1, false), 1, 1, true);
  assert.deepEqual([counts(poll), tally(poll).voted], [[2, 0, 0], true]);
  poll = withVote(withVote(poll, 1, -1, true), 2, 1, true);
  assert.deepEqual([counts(poll), tally(poll).answers.map(({ mine }) => mine)], [[1, 1, 0], [false, true, false]]);
  assert.deepEqual(counts(withVote(withVote(poll, 1, -1, false), 1, -1, false)), [0, 1, 0]);
  assert.deepEqual(counts(POLL), [0, 0, 0]);
});

test("one's own vote counts once, whoever tells of it first", () => {
  const poll = withVote(POLL, 2, 1, true);
  assert.equal(withVote(poll, 2, 1, true), poll);
  assert.equal(withVote(POLL, 2, -1, true), POLL);
});

test("percents are of all votes, and the winners those with the most", () => {
  const results = { is_finalized: true, answer_counts: [{ id: 1, count: 1 }, { id: 2, count: 2, me_voted: true }] };
  const { ended, total, answers } = tally({ ...POLL, results });
  assert.deepEqual([ended, total, answers.map(({ percent }) => percent)], [true, 3, [33, 67, 0]]);
  assert.deepEqual(answers.map(({ winner }) => winner), [false, true, false]);
  const untouched = tally({ ...POLL, results: { is_finalized: true, answer_counts: [] } });
  assert.deepEqual(untouched.answers.map(({ percent, winner }) => [percent, winner]), Array(3).fill([0, false]));
  const running = tally({ ...POLL, results: { is_finalized: false, answer_counts: [{ id: 2, count: 2 }] } });
  assert.deepEqual([running.ended, running.answers[1].winner], [false, false]);
});

test("the message that ends a poll tells the winner, a tie, or that nobody voted", () => {
  const told = (values) => {
    const fields = Object.entries(values).map(([name, value]) => ({ name, value }));
    return resultOf({ embeds: [{ type: "poll_result", fields }] });
  };
  const won = { poll_question_text: "When?", victor_answer_votes: "2", total_votes: "3", victor_answer_id: "2", victor_answer_text: "later" };
  assert.deepEqual(told(won), { question: "When?", total: 3, winner: { text: "later", emoji: null, percent: 67 } });
  assert.deepEqual(told({ poll_question_text: "When?", victor_answer_votes: "1", total_votes: "2" }).winner, null);
  assert.equal(resultOf({ embeds: [] }).total, 0);
});

test("the store follows the votes of everybody", () => {
  const store = new Store();
  store.apply("READY", { session_id: "s", user: { id: "10", username: "minji" } });
  store.apply("MESSAGE_CREATE", { id: "500", channel_id: "20", type: 0, content: "", author: { id: "11", username: "saem" }, poll: POLL });
  const vote = (user, id, event) => store.apply(event, { channel_id: "20", message_id: "500", user_id: user, answer_id: id });
  const now = () => tally(store.history("20").get("500").poll);
  vote("12", 1, "MESSAGE_POLL_VOTE_ADD");
  store.takeVotes(store.history("20").get("500"), [2, 3]);
  vote("10", 2, "MESSAGE_POLL_VOTE_ADD");
  assert.deepEqual([now().answers.map(({ count }) => count), now().voted], [[1, 1, 1], true]);
  vote("10", 2, "MESSAGE_POLL_VOTE_REMOVE");
  vote("10", 3, "MESSAGE_POLL_VOTE_REMOVE");
  assert.deepEqual([now().answers.map(({ count }) => count), now().voted], [[1, 0, 0], false]);
});
