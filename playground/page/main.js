/**
 * The page's start: finds out which student is played, connects, and keeps the connection.
 *
 * `?student=minji` names the student, `?theme=light` the theme, `?language=en` the page's language (else it is the
 * student's), `#/channels/GUILD/CHANNEL/MESSAGE` the place ("@me" for DMs), `#/channels/GUILD/CHANNEL/threads/THREAD` with a thread open beside it.
 *
 * What tests may hold on to (beside roles and labels):
 *   #app[data-state]                      connecting | ready
 *   [data-part=banner]                    visible while the gateway is away
 *   [data-pane=main|side]                 a conversation; [data-channel-id] on it
 *   [data-guild-id]                       a server in the rail ("@me": direct messages)
 *   #sidebar [data-channel-id][data-channel-name]   a channel; also [data-thread], [data-unread], [data-selected]
 *   #members [data-user-id]               a member
 *   [data-action=students], [data-action="student:minji"], [data-action=theme]   the students, and the theme
 *   li[data-message-id]                   a message: [data-author] (name shown), [data-author-id], [data-mine], [data-bot], [data-ephemeral], [data-v2],
 *                                         [data-local=sending|failed|note] while Discord does not have it
 *     [data-part=content]                 its text (each text display of Components V2 has one too)
 *     [data-custom-id]                    a button or select; [data-state=pending] while the bot is asked
 *     [data-style]                        a button's style: primary secondary success danger link
 *     [data-part=components|reactions|embed|picture|gallery|file|thread-preview|reply-context|command-context|system|thinking]
 *     [data-part=poll] [data-action="answer:1"] [data-action=vote|poll-results|poll-answers|remove-vote]; [data-answer][data-percent]; [data-part=poll-result]
 *     [data-part=interaction-failed]      "This interaction failed"
 *     .reaction[data-emoji]               a reaction; aria-pressed says whether it is one's own
 *     [data-part=toolbar] [data-action=react|edit|reply|thread|more]; menu: [role=menuitem][data-action=reply|edit|delete|copy-link|command:NAME…]
 *     [data-action=dismiss|retry|discard|save]
 *   [data-part=composer] [data-part=input]          the text area; [data-part=file-input] takes files; [data-action=send|attach|emoji]
 *   [data-part=command] [data-option=NAME]          a slash command's option being filled in
 *   .suggestions [role=option][data-value]          what the composer offers
 *   dialog [data-part=form] [data-custom-id]        a bot's form and its fields
 *   [data-part=lightbox], [data-part=emoji-picker], [data-part=typing][data-active], [data-part=announcer]
 */
import { Api } from "./state/rest_api.js";
import { App } from "./app.js";
import { el, fill } from "./widgets/dom.js";
import { Gateway } from "./state/gateway.js";
import { serverIs } from "./state/addresses.js";
import { Store } from "./state/store.js";
import { keepTimesTrue } from "./widgets/time.js";
import { setLocale, t } from "./words/words.js";

const IDS = ["app", "banner", "rail", "sidebar", "main", "side", "members", "overlays", "announcer", "scrim"];
const AGAIN_AFTER = 1500;

const root = Object.fromEntries(IDS.map((id) => [id, document.getElementById(id)]));
const address = new URL(location.href);

function say(text) {
  root.banner.hidden = text === null;
  fill(root.banner, text === null ? null : [el("span", { class: "spinner", "aria-hidden": "true" }), text]);
}

/** Ask until there is an answer: the page may be open before the server is. */
async function persist(ask) {
  for (;;) {
    try {
      return await ask();
    } catch {
      say(t("Waiting for the server…"));
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
    }
  }
}

function whoAmI(students) {
  const wanted = address.searchParams.get("student") ?? sessionStorage.getItem("student");
  const speaks = (one) => one.locale.split("-")[0] === navigator.language.split("-")[0];
  const student = students.find((one) => one.username === wanted) ?? students.find(speaks) ?? students[0];
  sessionStorage.setItem("student", student.username);
  return student;
}

/** The gateway is where the page came from, whatever name the server knows itself by. */
function reachable(url) {
  const gateway = new URL(url);
  serverIs(gateway.host);
  gateway.host = location.host;
  gateway.port = location.port;
  gateway.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return gateway.href;
}

function nameLandmarks() {
  document.title = t("Saem playground");
  const names = { rail: t("Servers"), sidebar: t("Channels"), side: t("Thread"), members: t("Members") };
  for (const [id, name] of Object.entries(names)) root[id].setAttribute("aria-label", name);
}

async function start() {
  setLocale(navigator.language); // until it is known who is here
  document.documentElement.dataset.theme = address.searchParams.get("theme") ?? localStorage.getItem("theme") ?? "dark";
  const students = await persist(() => Api.students());
  if (!students.length) {
    say(t("There are no students in this playground."));
    return;
  }
  const student = whoAmI(students);
  setLocale(address.searchParams.get("language") ?? student.locale);
  nameLandmarks();
  const api = new Api(student.token);
  const store = new Store();
  const { url } = await persist(() => api.gateway());
  new App({ root, store, api, students });
  const gateway = new Gateway(reachable(url), student.token);
  gateway.on("online", () => say(null));
  gateway.on("offline", () => say(t("Connection lost. Reconnecting…")));
  gateway.on("refused", () => {
    say(t("The playground has started anew. Reloading…"));
    setTimeout(() => location.reload(), AGAIN_AFTER);
  });
  gateway.on("dispatch", ({ type, data }) => store.apply(type, data));
  gateway.connect();
  keepTimesTrue();
}

start();
