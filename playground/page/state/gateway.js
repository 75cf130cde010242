/**
 * Discord's gateway, version 10, JSON over one websocket: heartbeat, resume, and reconnecting by itself.
 * Emits `dispatch` ({type, data}), `online`, `offline` and `refused` (the token is not known any more).
 */
import { Emitter } from "./emitter.js";

const Op = { DISPATCH: 0, HEARTBEAT: 1, IDENTIFY: 2, RESUME: 6, RECONNECT: 7, INVALID_SESSION: 9, HELLO: 10, ACK: 11 };
const AUTHENTICATION_FAILED = 4004;
const SESSION_IS_GONE = new Set([4003, 4007, 4009]);
const ZOMBIE = 4000;
const LONGEST_WAIT = 10_000;

export class Gateway extends Emitter {
  #url;
  #token;
  #socket = null;
  #session = null;
  #sequence = null;
  #heart = null;
  #answered = true;
  #attempts = 0;
  #retry = null;

  /** `url`: what `GET /gateway` gave. */
  constructor(url, token) {
    super();
    this.#url = new URL(url);
    this.#url.searchParams.set("v", "10");
    this.#url.searchParams.set("encoding", "json");
    this.#token = token;
    addEventListener("online", () => this.#soon());
    document.addEventListener("visibilitychange", () => this.#soon());
  }

  connect() {
    clearTimeout(this.#retry);
    this.#retry = null;
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener("message", (event) => this.#receive(socket, JSON.parse(event.data)));
    socket.addEventListener("close", (event) => this.#closed(socket, event.code));
  }

  #soon() {
    if (this.#retry !== null && document.visibilityState === "visible") this.connect();
  }

  #send(op, d) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ op, d }));
  }

  #receive(socket, { op, d, s, t }) {
    if (socket !== this.#socket) return;
    if (s) this.#sequence = s;
    if (op === Op.DISPATCH) this.#dispatch(t, d);
    else if (op === Op.HELLO) this.#hello(d.heartbeat_interval);
    else if (op === Op.HEARTBEAT) this.#send(Op.HEARTBEAT, this.#sequence);
    else if (op === Op.ACK) this.#answered = true;
    else if (op === Op.RECONNECT) socket.close(ZOMBIE, "told to reconnect");
    else if (op === Op.INVALID_SESSION) this.#invalid(d);
  }

  #dispatch(type, data) {
    if (type === "READY") this.#session = data.session_id;
    if (type === "READY" || type === "RESUMED") {
      this.#attempts = 0;
      this.emit("online");
    }
    this.emit("dispatch", { type, data });
  }

  #hello(interval) {
    this.#answered = true;
    clearInterval(this.#heart);
    this.#heart = setInterval(() => this.#beat(), interval);
    if (this.#session) this.#resume();
    else this.#identify();
  }

  #beat() {
    if (!this.#answered) return this.#socket.close(ZOMBIE, "no heartbeat answer");
    this.#answered = false;
    return this.#send(Op.HEARTBEAT, this.#sequence);
  }

  #identify() {
    const properties = { os: "playground", browser: "page", device: "" };
    const presence = { status: "online", since: 0, activities: [], afk: false };
    this.#send(Op.IDENTIFY, { token: this.#token, properties, presence, compress: false });
  }

  #resume() {
    this.#send(Op.RESUME, { token: this.#token, session_id: this.#session, seq: this.#sequence });
  }

  #invalid(resumable) {
    if (!resumable) this.#forget();
    this.#socket.close(ZOMBIE, "session is not valid");
  }

  #forget() {
    this.#session = null;
    this.#sequence = null;
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    clearInterval(this.#heart);
    this.emit("offline");
    if (SESSION_IS_GONE.has(code)) this.#forget();
    if (code === AUTHENTICATION_FAILED) {
      this.emit("refused");
      return;
    }
    const pause = Math.min(LONGEST_WAIT, 300 * 2 ** this.#attempts) * (0.75 + Math.random() / 2);
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.connect(), pause);
  }
}
