/**
 * Everything the gateway told this student, and the events by which views follow it:
 * `me`, `guilds`, `channels`, `members`, `presence`, `messages` ({channelId, created?}), `typing` ({channelId}), `unread`.
 */
import { Emitter } from "./emitter.js";
import { History } from "./history.js";
import { ReadMarks } from "./read_marks.js";
import { isPrivate } from "./message_flags.js";
import { isDirect, isThread } from "./channels.js";
import { permissionsIn } from "./permissions.js";
import { withVote } from "../messages/poll_results.js";
import { counted, without } from "../messages/reactions.js";
import { compareIds } from "./snowflakes.js";
import { withCount } from "./thread_count.js";
import { Typing } from "./typing.js";
import { t } from "../words/words.js";

export class Store extends Emitter {
  me = null;
  sessionId = null;
  guilds = new Map();
  channels = new Map();
  users = new Map();
  members = new Map();
  presences = new Map();
  readMarks = null;
  #histories = new Map();
  #typing = new Typing((channelId) => this.emit("typing", { channelId }));

  #handlers = {
    READY: (data) => this.#ready(data),
    GUILD_CREATE: (data) => this.#addGuild(data),
    GUILD_UPDATE: (data) => this.#changeGuild(data.id, data),
    GUILD_DELETE: (data) => this.#dropGuild(data),
    GUILD_ROLE_CREATE: (data) => this.#putRole(data),
    GUILD_ROLE_UPDATE: (data) => this.#putRole(data),
    GUILD_ROLE_DELETE: (data) => this.#dropRole(data),
    GUILD_MEMBER_ADD: (data) => this.#putMember(data.guild_id, data),
    GUILD_MEMBER_UPDATE: (data) => this.#putMember(data.guild_id, data),
    GUILD_MEMBER_REMOVE: (data) => this.#dropMember(data),
    GUILD_MEMBERS_CHUNK: (data) => data.members.forEach((member) => this.#putMember(data.guild_id, member)),
    PRESENCE_UPDATE: (data) => this.#putPresence(data),
    CHANNEL_CREATE: (data) => this.#putChannel(data),
    CHANNEL_UPDATE: (data) => this.#putChannel(data),
    CHANNEL_DELETE: (data) => this.#dropChannel(data),
    THREAD_CREATE: (data) => this.#putThread(data),
    THREAD_UPDATE: (data) => this.#putThread(data),
    THREAD_DELETE: (data) => this.#dropThread(data),
    THREAD_LIST_SYNC: (data) => this.#syncThreads(data),
    THREAD_MEMBERS_UPDATE: (data) => this.#changeThreadMembers(data),
    MESSAGE_CREATE: (data) => this.#messageCreated(data),
    MESSAGE_UPDATE: (data) => this.#messageUpdated(data),
    MESSAGE_DELETE: (data) => this.#messagesDeleted(data.channel_id, [data.id]),
    MESSAGE_DELETE_BULK: (data) => this.#messagesDeleted(data.channel_id, data.ids),
    MESSAGE_REACTION_ADD: (data) => this.#reacted(data, 1),
    MESSAGE_REACTION_REMOVE: (data) => this.#reacted(data, -1),
    MESSAGE_REACTION_REMOVE_ALL: (data) => this.#patchMessage(data.channel_id, data.message_id, () => []),
    MESSAGE_REACTION_REMOVE_EMOJI: (data) => this.#emojiCleared(data),
    MESSAGE_POLL_VOTE_ADD: (data) => this.#voted(data, 1),
    MESSAGE_POLL_VOTE_REMOVE: (data) => this.#voted(data, -1),
    TYPING_START: (data) => this.#typingStarted(data),
    MESSAGE_ACK: (data) => this.markRead(data.channel_id, data.message_id),
  };

  /** Take one gateway dispatch. Types that the page does not show are left alone. */
  apply(type, data) {
    this.#handlers[type]?.(data);
    this.emit(type, data);
  }

  // --- what views ask ---

  history(channelId) {
    if (!this.#histories.has(channelId)) this.#histories.set(channelId, new History());
    return this.#histories.get(channelId);
  }

  member(guildId, userId) {
    return this.members.get(guildId)?.get(userId) ?? null;
  }

  guildOf(channelId) {
    return this.guilds.get(this.channels.get(channelId)?.guild_id) ?? null;
  }

  channelsOf(guildId) {
    return [...this.channels.values()].filter((channel) => channel.guild_id === guildId && !isThread(channel));
  }

  /** Threads below a channel; archived ones only when asked for. */
  threadsOf(channelId, { archived = false } = {}) {
    return [...this.channels.values()].filter(
      (channel) =>
        channel.parent_id === channelId && isThread(channel) && (archived || !channel.thread_metadata?.archived),
    );
  }

  directChannels() {
    return [...this.channels.values()].filter(isDirect);
  }

  /** Name as this guild's members see it. */
  displayName(user, guildId = null) {
    if (!user) return t("Unknown user");
    const nick = guildId ? this.member(guildId, user.id)?.nick : null;
    return nick || user.global_name || user.username || t("Unknown user");
  }

  /** CSS colour of the highest coloured role, or null. */
  nameColour(userId, guildId) {
    const roles = this.#rolesOf(guildId, userId).filter((role) => role.color);
    const top = roles.sort((left, right) => right.position - left.position)[0];
    return top ? `#${top.color.toString(16).padStart(6, "0")}` : null;
  }

  #rolesOf(guildId, userId) {
    const held = new Set(this.member(guildId, userId)?.roles ?? []);
    return (this.guilds.get(guildId)?.roles ?? []).filter((role) => held.has(role.id));
  }

  /** The role under whose heading the member list shows someone. */
  hoistedRole(guildId, userId) {
    const hoisted = this.#rolesOf(guildId, userId).filter((role) => role.hoist);
    return hoisted.sort((left, right) => right.position - left.position)[0] ?? null;
  }

  may(permission, channelId) {
    const channel = this.channels.get(channelId);
    const guild = this.guilds.get(channel?.guild_id);
    const holder = channel && isThread(channel) ? this.channels.get(channel.parent_id) : channel;
    const member = guild && this.member(guild.id, this.me.id);
    return Boolean(permissionsIn(guild, member, this.me.id, holder) & permission);
  }

  /** Other people who are typing in a channel now. */
  typingIn(channelId) {
    return this.#typing
      .in(channelId)
      .filter((id) => id !== this.me?.id)
      .map((id) => this.users.get(id))
      .filter(Boolean);
  }

  /** Whether the student is in a thread; only then the sidebar shows it, and news of it count. */
  hasJoined(thread) {
    return Boolean(thread.member);
  }

  isUnread(channelId) {
    const channel = this.channels.get(channelId);
    if (channel && isThread(channel) && !this.hasJoined(channel)) return false;
    const last = channel?.last_message_id;
    return Boolean(last && this.readMarks?.isAfter(channelId, last));
  }

  mentionCount(channelId) {
    return this.readMarks?.mentions(channelId) ?? 0;
  }

  markRead(channelId, messageId = null) {
    const last = messageId ?? this.channels.get(channelId)?.last_message_id;
    if (last && this.readMarks?.advance(channelId, last)) this.emit("unread", { channelId });
  }

  // --- what our own requests bring back ---

  /** A page of `GET messages` (newest first) that replaces what is held. */
  takePage(channelId, page, edges) {
    this.#learnFrom(page);
    this.history(channelId).reset([...page].reverse(), edges);
    this.emit("messages", { channelId });
  }

  /** A page that continues the stretch on one side: `"earlier"` or `"later"`. */
  extendPage(channelId, page, side, more) {
    this.#learnFrom(page);
    this.history(channelId).extend(page, side, more);
    this.emit("messages", { channelId });
  }

  /** A message that only this page knows: one being sent, one that failed, a note. */
  putLocal(message) {
    this.history(message.channel_id).put({ ...message, local: true });
    this.emit("messages", { channelId: message.channel_id, created: message });
  }

  patchLocal(channelId, update) {
    this.history(channelId).patch(update);
    this.emit("messages", { channelId });
  }

  dropLocal(channelId, id) {
    if (this.history(channelId).remove(id)) this.emit("messages", { channelId });
  }

  /** A message of our own that Discord took. The gateway brings it too, and only then it is counted. */
  takeSent(message) {
    this.#keep(message);
    this.emit("messages", { channelId: message.channel_id, created: message });
  }

  /** Our own votes in a poll, which Discord took. */
  takeVotes({ channel_id: channelId, id, poll }, answerIds) {
    for (const { answer_id: answerId } of poll.answers) {
      const step = answerIds.includes(answerId) ? 1 : -1;
      this.#voted({ channel_id: channelId, message_id: id, answer_id: answerId, user_id: this.me.id }, step);
    }
  }

  takeThreads(guildId, threads) {
    for (const thread of threads) this.#putThread({ ...thread, guild_id: guildId });
  }

  takeChannel(channel) {
    this.#putChannel(channel);
  }

  // --- gateway: guilds, channels, members ---

  #ready(data) {
    this.#forgetEverything();
    this.sessionId = data.session_id;
    this.me = data.user;
    this.readMarks = new ReadMarks(data.user.id);
    this.#learn(data.user);
    for (const user of data.users ?? []) this.#learn(user);
    for (const channel of data.private_channels ?? []) this.#putChannel(channel);
    for (const guild of data.guilds ?? []) {
      if (!guild.unavailable) this.#addGuild(guild);
    }
    const marks = Array.isArray(data.read_state) ? data.read_state : (data.read_state?.entries ?? []);
    this.readMarks.adopt(marks);
    this.emit("me");
  }

  #forgetEverything() {
    for (const kept of [this.guilds, this.channels, this.members, this.presences, this.#histories, this.#typing]) {
      kept.clear();
    }
  }

  #learn(user) {
    if (user?.id && user.username !== undefined) this.users.set(user.id, { ...this.users.get(user.id), ...user });
  }

  #learnFrom(messages) {
    for (const message of messages) {
      this.#learn(message.author);
      for (const user of message.mentions ?? []) this.#learn(user);
      if (message.referenced_message) this.#learn(message.referenced_message.author);
    }
  }

  #addGuild(sent) {
    const guild = { ...sent.properties, ...sent };
    this.guilds.set(guild.id, guild);
    for (const member of guild.members ?? []) this.#putMember(guild.id, member, false);
    for (const presence of guild.presences ?? []) this.#putPresence({ ...presence, guild_id: guild.id });
    for (const channel of guild.channels ?? []) this.#putChannel({ ...channel, guild_id: guild.id }, false);
    for (const thread of guild.threads ?? []) this.#putChannel({ ...thread, guild_id: guild.id }, false);
    for (const name of ["guilds", "channels", "members"]) this.emit(name, { guildId: guild.id });
  }

  #changeGuild(id, update) {
    this.guilds.set(id, { ...this.guilds.get(id), ...update });
    this.emit("guilds", { guildId: id });
  }

  #dropGuild({ id, unavailable }) {
    if (unavailable) return;
    this.guilds.delete(id);
    for (const channel of [...this.channels.values()]) {
      if (channel.guild_id === id) this.channels.delete(channel.id);
    }
    this.emit("guilds", { guildId: id });
    this.emit("channels", { guildId: id });
  }

  #putRole({ guild_id: guildId, role }) {
    const others = (this.guilds.get(guildId)?.roles ?? []).filter((one) => one.id !== role.id);
    this.#changeGuild(guildId, { roles: [...others, role] });
    this.emit("members", { guildId });
  }

  #dropRole({ guild_id: guildId, role_id: roleId }) {
    this.#changeGuild(guildId, { roles: (this.guilds.get(guildId)?.roles ?? []).filter((one) => one.id !== roleId) });
    this.emit("members", { guildId });
  }

  #putMember(guildId, member, tell = true) {
    this.#learn(member.user);
    const id = member.user?.id ?? member.user_id;
    if (!this.members.has(guildId)) this.members.set(guildId, new Map());
    const members = this.members.get(guildId);
    members.set(id, { ...members.get(id), ...member });
    if (tell) this.emit("members", { guildId });
  }

  #dropMember({ guild_id: guildId, user }) {
    this.members.get(guildId)?.delete(user.id);
    this.emit("members", { guildId });
  }

  #putPresence({ user, status, guild_id: guildId }) {
    this.presences.set(user.id, status);
    this.emit("presence", { guildId });
  }

  #putChannel(channel, tell = true) {
    for (const user of channel.recipients ?? []) this.#learn(user);
    const ids = channel.recipient_ids ?? this.channels.get(channel.id)?.recipient_ids;
    const recipients = channel.recipients ?? ids?.map((id) => this.users.get(id)).filter(Boolean);
    const old = this.channels.get(channel.id);
    this.channels.set(channel.id, { ...old, ...channel, ...(recipients ? { recipients } : {}) });
    if (tell) this.emit("channels", { guildId: channel.guild_id, channelId: channel.id });
  }

  #dropChannel({ id, guild_id: guildId }) {
    this.channels.delete(id);
    this.#histories.delete(id);
    this.emit("channels", { guildId, channelId: id });
  }

  #putThread(thread) {
    const parent = this.channels.get(thread.parent_id);
    this.#putChannel({ guild_id: parent?.guild_id, ...thread });
    this.#refreshStarter(thread);
  }

  #dropThread(thread) {
    this.#dropChannel(thread);
    this.#refreshStarter(thread);
  }

  /** The message a thread was started from shows a preview of it. */
  #refreshStarter(thread) {
    const history = this.#histories.get(thread.parent_id);
    if (!history?.get(thread.id)) return;
    const known = this.channels.get(thread.id) ?? null;
    history.patch({ id: thread.id, thread: known ?? undefined });
    this.emit("messages", { channelId: thread.parent_id });
  }

  /** The active threads of channels that have opened for this student. */
  #syncThreads({ guild_id: guildId, channel_ids: channelIds, threads }) {
    const there = new Set(threads.map((thread) => thread.id));
    for (const known of (channelIds ?? []).flatMap((id) => this.threadsOf(id))) {
      if (!there.has(known.id)) this.#dropThread(known);
    }
    this.takeThreads(guildId, threads);
  }

  #changeThreadMembers({ id, member_count: count, added_members: added = [], removed_member_ids: removed = [] }) {
    const thread = this.channels.get(id);
    if (!thread) return;
    const mine = added.find((member) => member.user_id === this.me.id);
    const member = removed.includes(this.me.id) ? undefined : (mine ?? thread.member);
    this.#putThread({ ...thread, member, member_count: count });
  }

  // --- gateway: messages ---

  #messageCreated(message) {
    this.#learnFrom([message]);
    if (message.member && message.guild_id) {
      this.#putMember(message.guild_id, { ...message.member, user: message.author }, false);
    }
    this.#keep(message);
    this.#typing.stopped(message.channel_id, message.author.id);
    if (!isPrivate(message)) this.#countMessage(message);
    this.emit("typing", { channelId: message.channel_id });
    this.emit("messages", { channelId: message.channel_id, created: message });
  }

  /** Replace the local copy that stood for the message while it was being sent. */
  #keep(message) {
    const history = this.history(message.channel_id);
    history.settle(message.nonce);
    history.arrive(message);
  }

  #countMessage(message) {
    const channel = this.channels.get(message.channel_id);
    if (!channel) return;
    const last = channel.last_message_id;
    const newest = last && compareIds(last, message.id) > 0 ? last : message.id;
    this.channels.set(channel.id, { ...withCount(channel, [message], 1), last_message_id: newest });
    if (message.author.id === this.me.id) this.readMarks.advance(channel.id, message.id);
    else if (this.#concernsMe(message, channel)) this.readMarks.addMention(channel.id);
    if (isThread(channel)) this.#refreshStarter(channel);
    this.emit("unread", { channelId: channel.id });
  }

  #concernsMe(message, channel) {
    if (isDirect(channel) || message.mention_everyone) return true;
    return (message.mentions ?? []).some((user) => user.id === this.me.id);
  }

  #messageUpdated(update) {
    if (update.author) this.#learnFrom([update]);
    if (this.history(update.channel_id).patch(update)) {
      this.emit("messages", { channelId: update.channel_id, updated: update.id });
    }
    this.#referencesChanged([update.id], (original) => ({ ...original, ...update }));
  }

  /** Replies to a message, and the start of a thread made from it, show the message itself: they change with it. */
  #referencesChanged(ids, changed) {
    for (const [channelId, history] of this.#histories) {
      for (const message of history.messages.filter((each) => ids.includes(each.referenced_message?.id))) {
        history.patch({ id: message.id, referenced_message: changed(message.referenced_message) });
        this.emit("messages", { channelId, updated: message.id });
      }
    }
  }

  #messagesDeleted(channelId, ids) {
    const history = this.history(channelId);
    const thread = this.channels.get(channelId);
    const gone = ids.map((id) => history.get(id) ?? { id });
    if (thread && isThread(thread)) this.#putThread(withCount(thread, gone, -1));
    if (ids.filter((id) => history.remove(id)).length) this.emit("messages", { channelId });
    this.#referencesChanged(ids, () => null);
  }

  #patchMessage(channelId, messageId, reactionsFrom) {
    this.#amend(channelId, messageId, (message) => ({ reactions: reactionsFrom(message.reactions ?? []) }));
  }

  #amend(channelId, messageId, change) {
    const message = this.history(channelId).get(messageId);
    if (!message) return;
    this.history(channelId).patch({ id: messageId, ...change(message) });
    this.emit("messages", { channelId, updated: messageId });
  }

  #voted({ channel_id: channelId, message_id: messageId, answer_id: answerId, user_id: userId }, step) {
    const mine = userId === this.me.id;
    this.#amend(channelId, messageId, ({ poll }) => (poll ? { poll: withVote(poll, answerId, step, mine) } : {}));
  }

  #reacted({ channel_id: channelId, message_id: messageId, emoji, user_id: userId }, step) {
    const mine = userId === this.me.id;
    this.#patchMessage(channelId, messageId, (reactions) => counted(reactions, emoji, step, mine));
  }

  #emojiCleared({ channel_id: channelId, message_id: messageId, emoji }) {
    this.#patchMessage(channelId, messageId, (reactions) => without(reactions, emoji));
  }

  #typingStarted({ channel_id: channelId, user_id: userId, member }) {
    this.#learn(member?.user);
    this.#typing.started(channelId, userId);
    this.emit("typing", { channelId });
  }
}
