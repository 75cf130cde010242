/** A bot's form (modal): text inputs, labels, selects, choices and uploads; sent as one MODAL_SUBMIT. */
import { ComponentType as Type } from "./components.js";
import { el, fill } from "../widgets/dom.js";
import { selectMenu } from "./select_menu.js";
import { t } from "../words/words.js";

const PARAGRAPH = 2;
const LONGEST = 4000;

/** Show `form` (INTERACTION_MODAL_CREATE) as a dialog. */
export function openForm(app, form) {
  const fields = (form.components ?? []).map((component) => field(app, form, component));
  const problem = el("p", { class: "form-problem", role: "alert" });
  const submit = el("button", { type: "submit", class: "button primary" }, t("Submit"));
  const cancel = el("button", { type: "button", class: "button plain" }, t("Cancel"));
  const body = el(
    "form",
    { class: "form", novalidate: true, data: { customId: form.custom_id, part: "form" } },
    el("h2", {}, form.title),
    el(
      "div",
      { class: "form-fields" },
      fields.map((one) => one.node),
    ),
    problem,
    el("div", { class: "dialog-actions" }, cancel, submit),
  );
  const close = app.overlays.dialog(body, { label: form.title, className: "form-dialog" });
  cancel.addEventListener("click", close);
  body.addEventListener("submit", (event) => {
    event.preventDefault();
    send(app, form, fields, { submit, problem, close });
  });
  body.querySelector("input, textarea, [role=combobox]")?.focus();
}

async function send(app, form, fields, { submit, problem, close }) {
  fill(problem);
  const wrong = fields.map((one) => one.check()).filter(Boolean);
  if (wrong.length) {
    fill(problem, wrong[0]);
    return;
  }
  submit.disabled = true;
  submit.setAttribute("aria-busy", "true");
  const files = [];
  const answer = fields.map((one) => one.value(files)).filter(Boolean);
  const failure = await app.interactions.submitForm(form, answer, files);
  if (!failure) {
    close();
    return;
  }
  submit.disabled = false;
  submit.removeAttribute("aria-busy");
  fill(problem, t("Something went wrong. Try again."));
}

/** A top-level entry of the form: {node, check() → sentence | null, value(files) → component to send | null}. */
function field(app, form, component) {
  if (component.type === Type.TEXT_DISPLAY) {
    return {
      node: app.markup.block(component.content, null),
      check: () => null,
      value: () => ({ type: Type.TEXT_DISPLAY, id: component.id }),
    };
  }
  if (component.type === Type.LABEL) {
    const inner = input(app, form, component.component, component.label);
    return {
      node: labelled(component.label, component.description, component.component.required ?? true, inner.node),
      check: inner.check,
      value: (files) => ({ type: Type.LABEL, id: component.id, component: inner.value(files) }),
    };
  }
  const inner = component.components.map((one) => ({ ...input(app, form, one, one.label), made: one }));
  return {
    node: el(
      "div",
      {},
      inner.map((one) => labelled(one.made.label, null, one.made.required ?? true, one.node)),
    ),
    check: () => inner.map((one) => one.check()).find(Boolean) ?? null,
    value: (files) => ({ type: Type.ACTION_ROW, id: component.id, components: inner.map((one) => one.value(files)) }),
  };
}

function labelled(label, description, required, node) {
  const holder = node.matches("input, textarea") ? "label" : "div";
  return el(
    holder,
    { class: "field" },
    el(
      "span",
      { class: "field-label" },
      label,
      required ? el("span", { class: "required", "aria-hidden": "true" }, " *") : null,
    ),
    description ? el("span", { class: "field-description" }, description) : null,
    node,
  );
}

function input(app, form, component, label) {
  const made =
    {
      [Type.TEXT_INPUT]: textInput,
      [Type.FILE_UPLOAD]: fileUpload,
      [Type.RADIO_GROUP]: choiceGroup,
      [Type.CHECKBOX_GROUP]: choiceGroup,
      [Type.CHECKBOX]: checkbox,
    }[component.type] ?? select;
  return made(component, label ?? component.label ?? "", app, form);
}

function textInput(component, label) {
  const long = component.style === PARAGRAPH;
  const node = el(long ? "textarea" : "input", {
    class: "text-input",
    type: long ? null : "text",
    rows: long ? 5 : null,
    placeholder: component.placeholder,
    autocomplete: "off",
    maxlength: component.max_length ?? LONGEST,
    "aria-required": String(component.required ?? true),
    data: { customId: component.custom_id },
  });
  node.value = component.value ?? "";
  const check = () => {
    const length = node.value.length;
    if (!length) return (component.required ?? true) ? t("{label}: this is required.", { label }) : null;
    return length < (component.min_length ?? 0) ? t("{label}: at least {count} characters.", { label, count: component.min_length }) : null;
  };
  return {
    node,
    check,
    value: () => ({ type: component.type, id: component.id, custom_id: component.custom_id, value: node.value }),
  };
}

function select(component, label, app, form) {
  let values = null;
  const holder = el("div", { class: "select-holder" });
  const guildId = app.store.channels.get(form.channel_id)?.guild_id ?? null;
  const show = () =>
    fill(
      holder,
      selectMenu(app, component, {
        guildId,
        chosen: values,
        label: label || null,
        choose: (chosen) => {
          values = chosen;
          show();
        },
      }),
    );
  const chosen = () => values ?? (component.options ?? []).filter((one) => one.default).map((one) => one.value);
  show();
  return {
    node: holder,
    check: () => (!chosen().length && (component.required ?? true) ? t("{label}: choose something.", { label }) : null),
    value: () => ({ type: component.type, id: component.id, custom_id: component.custom_id, values: chosen() }),
  };
}

function choiceGroup(component, label) {
  const single = component.type === Type.RADIO_GROUP;
  const boxes = (component.options ?? []).map((option) => {
    const box = el("input", { type: single ? "radio" : "checkbox", name: component.custom_id, value: option.value });
    box.checked = Boolean(option.default);
    return box;
  });
  const rows = boxes.map((box, index) =>
    el(
      "label",
      { class: "choice" },
      box,
      el(
        "span",
        {},
        component.options[index].label,
        component.options[index].description ? el("small", {}, component.options[index].description) : null,
      ),
    ),
  );
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const answer = () => (single ? { value: chosen()[0] ?? null } : { values: chosen() });
  return {
    node: el(
      "div",
      { role: single ? "radiogroup" : "group", "aria-label": label, data: { customId: component.custom_id } },
      rows,
    ),
    check: () => (!chosen().length && (component.required ?? true) ? t("{label}: choose something.", { label }) : null),
    value: () => ({ type: component.type, id: component.id, custom_id: component.custom_id, ...answer() }),
  };
}

function checkbox(component, label) {
  const node = el("input", { type: "checkbox", "aria-label": label, data: { customId: component.custom_id } });
  node.checked = Boolean(component.default);
  return {
    node,
    check: () => null,
    value: () => ({ type: component.type, id: component.id, custom_id: component.custom_id, value: node.checked }),
  };
}

function fileUpload(component, label) {
  const node = el("input", {
    type: "file",
    multiple: (component.max_values ?? 1) > 1,
    "aria-label": label,
    data: { customId: component.custom_id },
  });
  const check = () => {
    const count = node.files.length;
    if (!count && (component.required ?? true)) return t("{label}: choose a file.", { label });
    return count > (component.max_values ?? 1) ? t("{label}: at most {count} files.", { label, count: component.max_values ?? 1 }) : null;
  };
  const value = (files) => {
    const values = [...node.files].map((file) => String(files.push(file) - 1));
    return { type: component.type, id: component.id, custom_id: component.custom_id, values };
  };
  return { node, check, value };
}
