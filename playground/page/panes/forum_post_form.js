/** The form for a new forum post: a title, words, tags and files. */
import { el, fill } from "../widgets/dom.js";
import { tagName } from "./forum_tags.js";
import { icon } from "../widgets/icons.js";
import { encodeMentions, namesIn } from "../composer/mentions.js";
import { UploadTray } from "../composer/upload_tray.js";
import { problemOf, t } from "../words/words.js";

export function openPostForm(app, channel) {
  const problem = el("p", { class: "form-problem", role: "alert" });
  const title = el("input", {
    class: "text-input",
    type: "text",
    maxlength: 100,
    required: true,
    placeholder: t("Title"),
    "aria-label": t("Title"),
  });
  const text = el("textarea", {
    class: "text-input",
    rows: 5,
    maxlength: 2000,
    placeholder: t("Enter a message…"),
    "aria-label": t("Message"),
  });
  const tray = new UploadTray(
    () => {},
    (sentence) => fill(problem, sentence),
  );
  const tags = (channel.available_tags ?? []).map(tagButton);
  const submit = el("button", { type: "submit", class: "button primary" }, t("Post"));
  const form = el(
    "form",
    { class: "form", data: { part: "post-form" } },
    el("h2", {}, t("New Post")),
    title,
    text,
    tags.length ? el("div", { class: "tags", role: "group", "aria-label": t("Tags") }, tags) : null,
    tray.node,
    problem,
    el("div", { class: "dialog-actions" }, fileButton(tray), submit),
  );
  const close = app.overlays.dialog(form, { label: t("New Post") });
  form.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    tray.add(files);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    fill(problem);
    submit.disabled = true;
    const content = encodeMentions(text.value, namesIn(app.store, channel.guild_id, channel));
    const chosen = tags.filter((tag) => tag.getAttribute("aria-pressed") === "true").map((tag) => tag.value);
    const failure = await post(app, channel, { name: title.value, content, tags: chosen, files: tray.files });
    submit.disabled = false;
    if (failure) fill(problem, failure);
    else close();
  });
}

/** Make the post and open it. If that fails, return a sentence and keep what was written. */
async function post(app, channel, draft) {
  try {
    const made = await app.api.startForumPost(channel.id, draft);
    app.store.takeThreads(channel.guild_id, [made]);
    app.goTo({ guildId: channel.guild_id, channelId: made.id });
    return null;
  } catch (error) {
    return problemOf(error);
  }
}

function tagButton(tag) {
  const toggle = ({ currentTarget: button }) =>
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") === "true" ? "false" : "true");
  return el(
    "button",
    { type: "button", class: "tag", value: tag.id, "aria-pressed": "false", on: { click: toggle } },
    tagName(tag),
  );
}

function fileButton(tray) {
  const picker = el("input", {
    type: "file",
    multiple: true,
    class: "visually-hidden",
    tabindex: -1,
    "aria-hidden": "true",
    data: { part: "file-input" },
  });
  picker.addEventListener("change", () => {
    tray.add([...picker.files]);
    picker.value = "";
  });
  const button = el(
    "button",
    { type: "button", class: "button plain", data: { action: "attach" }, on: { click: () => picker.click() } },
    icon("image", 16),
    t("Add files"),
  );
  return el("span", { class: "form-files" }, picker, button);
}
