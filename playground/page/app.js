/** The page as a whole: the student, what is open, and how to go from one place to another. */
import { MessageActions } from "./messages/message_actions.js";
import { Announcer } from "./messages/screen_reader_announcer.js";
import { byPosition, ChannelType, isDirect, isReadable, isThread } from "./state/channels.js";
import { Choices } from "./components/select_choices.js";
import { Commands } from "./commands/command_index.js";
import { Emitter } from "./state/emitter.js";
import { openForm } from "./components/modal.js";
import { Interactions } from "./state/interactions.js";
import { Lightbox } from "./widgets/lightbox.js";
import { pathOf, placeOf } from "./state/addresses.js";
import { Markup } from "./markdown/markdown_view.js";
import { MemberList } from "./sidebar/member_list.js";
import { Outgoing } from "./state/outgoing.js";
import { Overlays } from "./widgets/overlays.js";
import { Pane } from "./panes/pane.js";
import { Permission } from "./state/permissions.js";
import { showProfile } from "./widgets/profile_card.js";
import { Rail } from "./sidebar/server_list.js";
import { Flag } from "./state/message_flags.js";
import { PollVotes } from "./state/poll_votes.js";
import { Sidebar } from "./sidebar/channel_list.js";
import { makeNonce } from "./state/snowflakes.js";
import { listThreads } from "./panes/threads.js";
import { problemOf, t } from "./words/words.js";

const PHONE = matchMedia("(max-width: 760px)");
const NARROW = matchMedia("(max-width: 1000px)");
const COMMAND_MESSAGE = 20;

export class App extends Emitter {
  /** What is open in the main pane: {guildId ("@me" for DMs), channelId}. */
  place = null;
  choices = new Choices();
  #root;
  #main;
  #side;
  #lastChannels = new Map();

  /** `root`: the elements of index.html by id; `students`: the students that can be played. */
  constructor({ root, store, api, students }) {
    super();
    this.#root = root;
    this.store = store;
    this.api = api;
    this.students = students;
    this.overlays = new Overlays(root.overlays);
    this.lightbox = new Lightbox(this.overlays);
    this.interactions = new Interactions(api, store, (form) => openForm(this, form));
    this.pollVotes = new PollVotes(this);
    this.markup = new Markup(this);
    this.commands = new Commands(this);
    this.actions = new MessageActions(this);
    this.outgoing = new Outgoing(this);
    new Rail(this, root.rail);
    new Sidebar(this, root.sidebar);
    new MemberList(this, root.members);
    this.#main = new Pane(this, root.main, "main");
    this.#side = new Pane(this, root.side, "side");
    new Announcer(this, root.announcer);
    this.#listen();
  }

  #listen() {
    this.store.on("me", () => this.#ready());
    this.store.on("channels", () => this.#leaveWhatIsGone());
    this.store.on("MESSAGE_UPDATE", (message) => this.choices.forget(message.id));
    this.store.on("unread", () => this.#title());
    NARROW.addEventListener("change", () => this.showDrawer(null));
    addEventListener("popstate", () => this.#follow(placeOf(location.href)));
    this.#root.scrim.addEventListener("click", () => this.showDrawer(null));
    addEventListener("keydown", (event) => this.#typedNowhere(event));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#root.app.dataset.drawer) this.showDrawer(null);
    });
  }

  /** Send keys that no field takes to the composer, as Discord does. */
  #typedNowhere(event) {
    const types = event.key.length === 1 || event.keyCode === 229;
    if (!types || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, dialog, .popover, video, audio")) return;
    if (event.key === " " && event.target.closest("button, a, [role=button], summary")) return;
    const pane = this.#side.node.contains(event.target) ? this.#side : this.#main;
    pane.focusComposer();
  }

  /** After READY: draw everything anew. */
  async #ready() {
    this.commands.clear();
    this.#root.app.dataset.state = "ready";
    const again = this.place && this.#here();
    const wanted = again ?? placeOf(location.href);
    const place = wanted && (await this.#isThere(wanted.channelId)) ? wanted : this.#firstPlace();
    if (place) history.replaceState(null, "", `#${pathOf(place)}`);
    await this.#follow(place);
    if (again && this.#side.isOpen) this.#side.reload();
  }

  /** The place that is open, with the thread beside it. */
  #here() {
    return { ...this.place, threadId: this.#side.isOpen ? this.#side.channelId : null };
  }

  /** Whether a channel can be opened. The gateway does not tell of archived threads: ask for them. */
  async #isThere(channelId) {
    if (this.store.channels.has(channelId)) return true;
    const channel = await this.api.channel(channelId).catch(() => null);
    if (channel) this.store.takeChannel(channel);
    return Boolean(channel);
  }

  #firstPlace() {
    const guild = [...this.store.guilds.values()][0];
    return guild ? { guildId: guild.id, channelId: this.#firstChannel(guild.id)?.id } : null;
  }

  #firstChannel(guildId) {
    const last = this.store.channels.get(this.#lastChannels.get(guildId));
    if (last) return last;
    const readable = this.store
      .channelsOf(guildId)
      .filter((channel) => isReadable(channel) && this.store.may(Permission.VIEW_CHANNEL, channel.id));
    const order = readable.sort((left, right) => this.#rank(left) - this.#rank(right) || byPosition(left, right));
    return order.find((channel) => channel.type === ChannelType.TEXT) ?? order[0] ?? null;
  }

  #rank(channel) {
    return this.store.channels.get(channel.parent_id)?.position ?? -1;
  }

  #leaveWhatIsGone() {
    if (this.#side.isOpen && !this.store.channels.has(this.#side.channelId)) {
      this.#shutSide();
      history.replaceState(null, "", `#${pathOf(this.#here())}`);
    }
    if (!this.place?.channelId || this.#isInSight(this.place.channelId)) return;
    const guild = this.store.guilds.has(this.place.guildId) ? this.place.guildId : null;
    this.#lastChannels.delete(this.place.guildId);
    const next = guild ? { guildId: guild, channelId: this.#firstChannel(guild)?.id } : this.#firstPlace();
    if (next?.channelId) this.goTo(next);
  }

  #isInSight(channelId) {
    const channel = this.store.channels.get(channelId);
    return Boolean(channel && (!channel.guild_id || this.store.may(Permission.VIEW_CHANNEL, channelId)));
  }

  // --- going somewhere ---

  /** Open a place ({guildId, channelId, messageId}) and put it in the address bar. */
  async goTo(place) {
    this.showDrawer(null);
    if (!(await this.#known(place.channelId))) return;
    if (this.#side.isOpen && this.#side.channelId === place.channelId && place.messageId) {
      history.pushState(null, "", `#${pathOf({ ...this.#here(), messageId: place.messageId })}`);
      await this.#side.show(place.channelId, place.messageId);
      return;
    }
    const stays = this.#side.isOpen && this.place?.channelId === place.channelId && !place.messageId;
    const whole = stays ? { ...place, threadId: this.#side.channelId } : place;
    history.pushState(null, "", `#${pathOf(whole)}`);
    await this.#follow(whole);
  }

  async #known(channelId) {
    if (this.store.channels.has(channelId)) return true;
    const channel = await this.attempt(this.api.channel(channelId));
    if (channel) this.store.takeChannel(channel);
    return Boolean(channel);
  }

  async #follow(place) {
    const beside = place?.threadId && (await this.#isThere(place.threadId)) ? place.threadId : null;
    const id = beside && PHONE.matches ? beside : place?.channelId;
    if (!id || !(await this.#isThere(id))) return;
    const channel = this.store.channels.get(id);
    const guildId = channel.guild_id ?? "@me";
    const opens = beside && beside !== channel.id;
    if (this.#side.isOpen && !opens) this.#shutSide();
    this.place = { guildId, channelId: channel.id };
    this.#lastChannels.set(guildId, channel.id);
    this.#layOut();
    this.emit("place");
    this.#title();
    await this.#main.show(channel.id, opens ? null : place.messageId);
    if (opens) {
      await this.#side.show(beside, place.messageId);
      this.#layOut();
    }
    if (!PHONE.matches && !this.overlays.isOpen && !place.messageId) this.#main.focusComposer();
  }

  /** A thread opens beside its channel where there is room for both. */
  async openThread(thread) {
    if (!this.store.channels.has(thread.id)) this.store.takeThreads(thread.guild_id, [thread]);
    if (PHONE.matches || this.place?.channelId !== thread.parent_id) {
      await this.goTo({ guildId: thread.guild_id, channelId: thread.id });
      return;
    }
    if (this.#here().threadId !== thread.id)
      history.pushState(null, "", `#${pathOf({ ...this.place, threadId: thread.id })}`);
    await this.#side.show(thread.id);
    this.#layOut();
    this.#side.focusComposer();
  }

  closeSide() {
    this.#shutSide();
    history.pushState(null, "", `#${pathOf(this.#here())}`);
  }

  #shutSide() {
    this.#side.close();
    this.#layOut();
  }

  openGuild(id) {
    if (id !== "@me") {
      const channel = this.#firstChannel(id);
      if (channel) this.#stay(() => this.goTo({ guildId: id, channelId: channel.id }));
      return;
    }
    const last = this.store.channels.get(this.#lastChannels.get("@me")) ?? this.store.directChannels()[0];
    const bot = [...this.store.users.values()].find((user) => user.bot);
    if (last) this.#stay(() => this.goTo({ guildId: "@me", channelId: last.id }));
    else if (bot) this.#stay(() => this.openDirect(bot.id));
  }

  /** On a phone, keep the channel list in view while the student looks through servers. */
  async #stay(go) {
    await go();
    if (PHONE.matches) this.showDrawer("channels");
  }

  async openDirect(userId) {
    const channel = await this.attempt(this.api.openDirectMessage(userId));
    if (!channel) return;
    this.store.takeChannel(channel);
    await this.goTo({ guildId: "@me", channelId: channel.id });
  }

  /** Open links to channels and messages of this Discord here, all others as the browser does. */
  followLink(event, url) {
    const place = url && placeOf(url);
    if (!place || !this.store.channels.has(place.channelId)) return;
    event.preventDefault();
    this.goTo(place);
  }

  isShown(channelId) {
    return this.#main.channelId === channelId || (this.#side.isOpen && this.#side.channelId === channelId);
  }

  // --- names ---

  otherIn(channel) {
    return channel.recipients?.find((user) => user.id !== this.store.me.id) ?? channel.recipients?.[0] ?? this.store.me;
  }

  titleOf(channel) {
    return isDirect(channel) ? (channel.name ?? this.store.displayName(this.otherIn(channel))) : channel.name;
  }

  #title() {
    const channel = this.store.channels.get(this.place?.channelId);
    if (!channel) return;
    const mentions = [...this.store.channels.keys()].reduce((sum, id) => sum + this.store.mentionCount(id), 0);
    document.title = `${mentions ? `(${mentions}) ` : ""}${isDirect(channel) || isThread(channel) ? "" : "#"}${this.titleOf(channel)} · ${t("Saem playground")}`;
  }

  // --- looks ---

  #layOut() {
    const inGuild = this.place?.guildId !== "@me";
    const wanted = localStorage.getItem("members") !== "hidden";
    const drawer = this.#root.app.dataset.drawer === "members";
    this.#root.members.hidden = !inGuild || (NARROW.matches ? !drawer : !wanted || this.#side.isOpen);
    this.#root.app.dataset.side = String(this.#side.isOpen);
  }

  toggleMembers() {
    if (NARROW.matches) {
      this.showDrawer(this.#root.app.dataset.drawer === "members" ? null : "members");
      return;
    }
    localStorage.setItem("members", this.#root.members.hidden ? "shown" : "hidden");
    if (this.#side.isOpen) this.closeSide();
    else this.#layOut();
  }

  /** On a phone: slide in the `"channels"` or the `"members"`, or with null neither. */
  showDrawer(name) {
    this.#root.app.dataset.drawer = name ?? "";
    this.#root.scrim.hidden = !name;
    this.#layOut();
    if (name === "channels") this.#root.sidebar.querySelector("[aria-current], button")?.focus();
  }

  toggleTheme() {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    localStorage.setItem("theme", next);
    this.emit("theme");
  }

  /** Set the language of the student's Discord, which bots are told with each interaction. */
  async speak(locale) {
    await this.api.request("PATCH", "/users/@me", { body: { locale } });
    const address = new URL(location.href);
    address.searchParams.delete("language");
    if (address.href === location.href) location.reload();
    else location.assign(address);
  }

  become(student) {
    const address = new URL(location.href);
    address.searchParams.set("student", student.username);
    if (address.href === location.href) location.reload();
    else location.assign(address);
  }

  showProfile(user, guildId, anchor) {
    showProfile(this, user, guildId, anchor);
  }

  listThreads(channel, anchor) {
    return listThreads(this, channel, anchor);
  }

  // --- bots ---

  /** Begin a command by its id, as clicking on a `</name:id>` mention does. */
  async startCommand(commandId, name) {
    const command = await this.commands.find(commandId, name, this.place.channelId);
    if (command) this.#main.startCommand(command);
  }

  runContextCommand(command, channelId, targetId) {
    return this.runCommand(command, channelId, { target_id: targetId });
  }

  /** Run a command, with a private note in its place until the bot answers. */
  async runCommand(command, channelId, data, files = []) {
    const note = {
      id: makeNonce(),
      channel_id: channelId,
      author: command.bot,
      type: COMMAND_MESSAGE,
      flags: 0,
      content: t("Sending command…"),
      state: "note",
      timestamp: new Date().toISOString(),
      mentions: [],
      attachments: [],
      embeds: [],
      components: [],
      interaction_metadata: {
        user: this.store.me,
        name: command.plainTitle ?? command.name,
        command_type: command.type ?? 1,
      },
    };
    const timer = setTimeout(() => this.store.putLocal(note), 250);
    const failure = await this.interactions.runCommand(command, channelId, data, files);
    clearTimeout(timer);
    if (failure) this.store.putLocal({ ...note, content: `❗ ${failure}`, flags: Flag.EPHEMERAL });
    else this.store.dropLocal(channelId, note.id);
  }

  // --- other ---

  /** The promise's value; when it fails, null, and the reason as a short note. */
  async attempt(promise) {
    try {
      return await promise;
    } catch (error) {
      this.overlays.toast(problemOf(error));
      return null;
    }
  }

  async freshAddress(url) {
    try {
      const { refreshed_urls: urls } = await this.api.refresh([url]);
      return urls[0]?.refreshed ?? null;
    } catch {
      return null;
    }
  }
}
