/** Discord's REST API, version 10, as one student. */
import { t } from "../words/words.js";

const BASE = "/api/v10";
const RETRIES = 3;

/** What Discord answered instead of success: HTTP `status`, Discord's `code`, a sentence in `message`. */
export class ApiError extends Error {
  constructor(status, body) {
    super(sentence(status, body));
    this.name = "ApiError";
    this.status = status;
    this.code = body?.code ?? 0;
  }
}

function sentence(status, body) {
  const field = firstFieldError(body?.errors);
  if (field) return field;
  return body?.message ?? t("The server answered {status}.", { status });
}

/** The first message in Discord's error tree (`errors: {content: {_errors: [{code, message}]}}`). */
function firstFieldError(tree) {
  if (!tree || typeof tree !== "object") return null;
  if (Array.isArray(tree._errors)) return tree._errors[0]?.message ?? null;
  for (const branch of Object.values(tree)) {
    const found = firstFieldError(branch);
    if (found) return found;
  }
  return null;
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null);
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** Body of a request with files: Discord's `payload_json` beside `files[n]`. */
function multipart(payload, files) {
  const form = new FormData();
  const attachments = files.map((file, index) => ({ id: String(index), filename: file.name }));
  const holder = payload.message ? "message" : payload.data && payload.type === 2 ? "data" : null;
  const withFiles = holder
    ? { ...payload, [holder]: { ...payload[holder], attachments } }
    : { ...payload, attachments };
  form.append("payload_json", JSON.stringify(withFiles));
  files.forEach((file, index) => form.append(`files[${index}]`, file, file.name));
  return form;
}

export class Api {
  #token;

  constructor(token) {
    this.#token = token;
  }

  /** The students that can be played; the only call that needs no token. */
  static async students() {
    const answer = await fetch("/playground/students");
    if (!answer.ok) throw new ApiError(answer.status, null);
    return answer.json();
  }

  /** JSON of the answer, or null where there is none. A 429 is waited for and tried again; others raise ApiError. */
  async request(method, path, { body, files = [], parameters = {} } = {}) {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await fetch(`${BASE}${path}${query(parameters)}`, this.#options(method, body, files));
      if (answer.status === 204) return null;
      const read = await answer.json().catch(() => null);
      if (answer.ok) return read;
      if (answer.status !== 429 || attempt >= RETRIES) throw new ApiError(answer.status, read);
      await wait((read?.retry_after ?? 1) * 1000);
    }
  }

  #options(method, body, files) {
    const headers = { Authorization: this.#token };
    if (files.length) return { method, headers, body: multipart(body ?? {}, files) };
    if (body === undefined) return { method, headers };
    return { method, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
  }

  gateway() {
    return this.request("GET", "/gateway");
  }

  channel(id) {
    return this.request("GET", `/channels/${id}`);
  }

  /** Newest first, as Discord sends them. `where`: {before | after | around: id}. */
  messages(channel, where = {}, limit = 50) {
    return this.request("GET", `/channels/${channel}/messages`, { parameters: { ...where, limit } });
  }

  send(channel, message, files = []) {
    return this.request("POST", `/channels/${channel}/messages`, { body: message, files });
  }

  edit(channel, message, body) {
    return this.request("PATCH", `/channels/${channel}/messages/${message}`, { body });
  }

  remove(channel, message) {
    return this.request("DELETE", `/channels/${channel}/messages/${message}`);
  }

  typing(channel) {
    return this.request("POST", `/channels/${channel}/typing`);
  }

  /** `emoji`: {id, name}. */
  react(channel, message, emoji) {
    return this.request("PUT", this.#reaction(channel, message, emoji));
  }

  unreact(channel, message, emoji) {
    return this.request("DELETE", this.#reaction(channel, message, emoji));
  }

  /** Make these answers of a poll one's votes; none takes them back. */
  vote(channel, message, answerIds) {
    const body = { answer_ids: answerIds.map(String) };
    return this.request("PUT", `/channels/${channel}/polls/${message}/answers/@me`, { body });
  }

  #reaction(channel, message, emoji) {
    const name = encodeURIComponent(emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name);
    return `/channels/${channel}/messages/${message}/reactions/${name}/@me`;
  }

  startThread(channel, message, name) {
    const body = { name, auto_archive_duration: 1440, type: 11 };
    return this.request("POST", `/channels/${channel}/messages/${message}/threads`, { body });
  }

  joinThread(thread) {
    return this.request("PUT", `/channels/${thread}/thread-members/@me`);
  }

  leaveThread(thread) {
    return this.request("DELETE", `/channels/${thread}/thread-members/@me`);
  }

  /** A thread without a starter message. */
  startLooseThread(channel, name) {
    const body = { name, type: 11, auto_archive_duration: 1440 };
    return this.request("POST", `/channels/${channel}/threads`, { body });
  }

  /** A post in a forum; `tags` are ids. */
  startForumPost(channel, { name, content, tags, files }) {
    const body = { name, message: { content }, applied_tags: tags };
    return this.request("POST", `/channels/${channel}/threads`, { body, files });
  }

  archivedThreads(channel) {
    return this.request("GET", `/channels/${channel}/threads/archived/public`);
  }

  openDirectMessage(user) {
    return this.request("POST", "/users/@me/channels", { body: { recipients: [user] } });
  }

  interact(interaction, files = []) {
    return this.request("POST", "/interactions", { body: interaction, files });
  }

  /** Fresh addresses for attachments whose links have run out. */
  refresh(urls) {
    return this.request("POST", "/attachments/refresh-urls", { body: { attachment_urls: urls } });
  }

  /** Commands usable in a guild, or in a DM when there is no guild. */
  commands(guild, channel) {
    const path = guild
      ? `/guilds/${guild}/application-command-index`
      : `/channels/${channel}/application-command-index`;
    return this.request("GET", path);
  }
}
