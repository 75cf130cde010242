/** A poll below a message: answers to choose from, then their votes; and the message that tells how it ended. */
import { el } from "../widgets/dom.js";
import { icon } from "../widgets/icons.js";
import { resultOf, tally } from "./poll_results.js";
import { exact, relative } from "../widgets/time.js";
import { t, words } from "../words/words.js";

/** DOM node of a message's poll. `readOnly`: votes are shown, and none is taken. */
export function poll(message, { app, readOnly = false }) {
  const counted = tally(message.poll);
  const state = app.pollVotes.stateOf(message.id);
  const open = !readOnly && !counted.ended && !counted.voted;
  const choosing = open && !state.results;
  const answers = counted.answers.map((answer) =>
    choosing ? choice(message, answer, state, app) : result(answer, counted),
  );
  return el(
    "form",
    {
      class: "poll",
      data: { part: "poll", ended: counted.ended },
      on: {
        submit: (event) => {
          event.preventDefault();
          app.pollVotes.vote(message);
        },
      },
    },
    el(
      "fieldset",
      { class: "poll-answers" },
      el("legend", { class: "poll-question" }, message.poll.question.text),
      el("p", { class: "poll-hint" }, hint(message.poll, counted)),
      answers,
    ),
    el(
      "div",
      { class: "poll-foot" },
      el("span", { class: "poll-total" }, votes(counted.total), " • ", ending(message.poll, counted)),
      open || (counted.voted && !counted.ended && !readOnly) ? buttons(message, counted, state, app) : null,
    ),
  );
}

function hint(data, { ended }) {
  if (ended) return t("This poll has ended.");
  return data.allow_multiselect ? t("Select one or more answers") : t("Select one answer");
}

function votes(count) {
  return count === 1 ? t("1 vote") : t("{count} votes", { count });
}

function ending(data, { ended }) {
  if (!data.expiry) return ended ? t("Poll closed") : t("No end");
  const date = new Date(data.expiry);
  if (ended) return el("time", { datetime: data.expiry, title: exact(date) }, t("Poll closed"));
  const when = el("time", { datetime: data.expiry, title: exact(date), data: { live: true } }, relative(date));
  return words("Ends {when}", { when });
}

function label({ emoji, text }) {
  return [emoji ? el("span", { class: "poll-emoji" }, emoji) : null, el("span", { class: "poll-text" }, text)];
}

/** An answer that can be chosen: a radio button, or a checkbox where several may be. */
function choice(message, answer, { chosen, sending }, app) {
  const checked = chosen.includes(answer.id);
  return el(
    "label",
    { class: "poll-answer", data: { chosen: checked } },
    label(answer),
    el("input", {
      type: message.poll.allow_multiselect ? "checkbox" : "radio",
      name: "answer",
      value: answer.id,
      checked,
      disabled: sending,
      data: { action: `answer:${answer.id}` },
      on: { change: (event) => app.pollVotes.choose(message, answer.id, event.currentTarget.checked) },
    }),
  );
}

/** An answer with its votes. */
function result(answer, { ended }) {
  const percent = `${answer.percent}%`;
  return el(
    "div",
    {
      class: "poll-answer result",
      role: "group",
      "aria-label": [answer.text, percent, votes(answer.count), ...marks(answer)].join(", "),
      data: { answer: answer.id, mine: answer.mine, winner: answer.winner, percent: answer.percent },
    },
    el("i", { class: "poll-bar", style: { width: percent } }),
    label(answer),
    answer.winner || (answer.mine && !ended) ? icon("check", 18) : null,
    answer.mine && ended ? el("span", { class: "poll-mine" }, t("Your vote")) : null,
    el("span", { class: "poll-count" }, votes(answer.count)),
    el("strong", { class: "poll-percent" }, percent),
  );
}

function marks({ mine, winner }) {
  return [mine ? t("Your vote") : null, winner ? t("Winning answer") : null].filter(Boolean);
}

function buttons(message, { voted }, { chosen, results, sending }, app) {
  const press = (action, text, run) =>
    el("button", { type: "button", class: "text-button", disabled: sending, data: { action }, on: { click: run } }, text);
  if (voted) return press("remove-vote", t("Remove Vote"), () => app.pollVotes.withdraw(message));
  return [
    press(
      results ? "poll-answers" : "poll-results",
      results ? t("Back to vote") : t("Show results"),
      () => app.pollVotes.showResults(message, !results),
    ),
    results
      ? null
      : el(
          "button",
          { type: "submit", class: "button primary", disabled: sending || !chosen.length, data: { action: "vote" } },
          t("Vote"),
        ),
  ];
}

/** What a message of type 46 says: `{line, card}`. `name`: the node that names whose poll it was; `open` shows the poll. */
export function pollResult(message, name, open) {
  const { question, total, winner } = resultOf(message);
  const line = words("{name}'s poll {question} has closed.", { name, question: el("strong", {}, question) });
  const outcome = winner
    ? [label(winner), icon("check", 18), el("span", {}, t("Winning answer • {percent}%", { percent: winner.percent }))]
    : [el("span", {}, total ? t("The results were tied") : t("Nobody voted"))];
  const card = el(
    "div",
    { class: "poll-result", data: { part: "poll-result" } },
    outcome,
    el("button", { type: "button", class: "button secondary", data: { action: "view-poll" }, on: { click: open } }, t("View Poll")),
  );
  return { line, card };
}
