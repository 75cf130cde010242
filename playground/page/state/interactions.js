/**
 * What a student does to a bot: commands, buttons, selects, forms, autocompletion. Each is posted with a nonce and
 * followed on the gateway until it is answered. Emits `change` ({messageId}) when a message's controls look different.
 */
import { Emitter } from "./emitter.js";
import { makeNonce } from "./snowflakes.js";
import { problemOf, t } from "../words/words.js";

const Type = { COMMAND: 2, COMPONENT: 3, AUTOCOMPLETE: 4, MODAL_SUBMIT: 5 };
const GIVE_UP_AFTER = 8000;

const failed = () => t("This interaction failed");

export class Interactions extends Emitter {
  #api;
  #store;
  #pending = new Map();
  #onMessages = new Map();
  #completions = new Map();
  #onForm;

  /** `onForm(form, {failed})` shows an INTERACTION_MODAL_CREATE. */
  constructor(api, store, onForm) {
    super();
    this.#api = api;
    this.#store = store;
    this.#onForm = onForm;
    store.on("INTERACTION_SUCCESS", (data) => this.#settle(data.nonce, null));
    store.on("INTERACTION_FAILURE", (data) => this.#settle(data.nonce, failed()));
    store.on("INTERACTION_MODAL_CREATE", (data) => this.#form(data));
    store.on("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", (data) => this.#completed(data));
  }

  /** The state of a message's controls: {customId, failed}, or null. */
  stateOf(messageId) {
    return this.#onMessages.get(messageId) ?? null;
  }

  /** Press a button or choose in a select (`values`). */
  async use(message, component, values = undefined) {
    if (this.stateOf(message.id)?.failed === null) return;
    const data = { component_type: component.type, custom_id: component.custom_id };
    if (values) data.values = values;
    const body = {
      ...this.#envelope(Type.COMPONENT, message.channel_id, message.application_id ?? message.author.id),
      message_id: message.id,
      message_flags: message.flags ?? 0,
      data,
    };
    this.#mark(message.id, { customId: component.custom_id, failed: null });
    await this.#post(body, [], (failure) => {
      if (failure) this.#mark(message.id, { customId: component.custom_id, failed: failed() });
      else this.#mark(message.id, null);
    });
  }

  /** Run a command. Resolves to null, or to the sentence to show when it was not answered. */
  runCommand(command, channelId, data, files = []) {
    const body = {
      ...this.#envelope(Type.COMMAND, channelId, command.application_id),
      data: this.#commandData(command, data),
    };
    return new Promise((resolve) => {
      this.#post(body, files, (failure) => resolve(failure === failed() ? t("The application did not respond") : failure));
    });
  }

  /** Choices for the option being typed: [{name, value}]; empty when there is no answer. */
  async complete(command, channelId, data) {
    const body = {
      ...this.#envelope(Type.AUTOCOMPLETE, channelId, command.application_id),
      data: this.#commandData(command, data),
    };
    return new Promise((resolve) => {
      const finish = (choices) => {
        clearTimeout(timer);
        this.#completions.delete(body.nonce);
        resolve(choices);
      };
      const timer = setTimeout(finish, GIVE_UP_AFTER, []);
      this.#completions.set(body.nonce, finish);
      this.#api.interact(body).catch(() => finish([]));
    });
  }

  /** Send a form; resolves to null or to a sentence. */
  submitForm(form, components, files = []) {
    const body = {
      ...this.#envelope(Type.MODAL_SUBMIT, form.channel_id, form.application?.id ?? form.application_id),
      data: { id: form.id, custom_id: form.custom_id, components },
    };
    return new Promise((resolve) => {
      this.#post(body, files, resolve);
    });
  }

  #commandData(command, data) {
    return { id: command.id, version: command.version, type: command.type ?? 1, name: command.name, ...data };
  }

  #envelope(type, channelId, applicationId) {
    const guildId = this.#store.channels.get(channelId)?.guild_id;
    return {
      type,
      application_id: applicationId,
      channel_id: channelId,
      ...(guildId ? { guild_id: guildId } : {}),
      session_id: this.#store.sessionId,
      nonce: makeNonce(),
    };
  }

  async #post(body, files, done) {
    const timer = setTimeout(() => this.#settle(body.nonce, failed()), GIVE_UP_AFTER);
    this.#pending.set(body.nonce, (failure) => {
      clearTimeout(timer);
      done(failure);
    });
    try {
      await this.#api.interact(body, files);
    } catch (error) {
      this.#settle(body.nonce, error.status ? problemOf(error) : failed());
    }
  }

  #settle(nonce, failure) {
    const done = this.#pending.get(nonce);
    this.#pending.delete(nonce);
    done?.(failure);
  }

  #form(data) {
    this.#settle(data.nonce, null);
    this.#onForm(data);
  }

  #completed({ nonce, choices }) {
    this.#completions.get(nonce)?.(choices ?? []);
  }

  #mark(messageId, state) {
    if (state) this.#onMessages.set(messageId, state);
    else this.#onMessages.delete(messageId);
    this.emit("change", { messageId });
  }
}
