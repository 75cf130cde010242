/**
 * Building DOM nodes. Text only ever enters the page as text nodes: nothing in this page parses HTML.
 */

const SVG = "http://www.w3.org/2000/svg";

/** Where a link may lead: the web, this page, a file that was just chosen. Never `javascript:`. */
const SAFE_ADDRESS = /^(?:https?:\/\/|blob:|#|\.{0,2}\/)/i;

/**
 * Make an element.
 * `props`: `class`, `data` (dataset entries), `style` (CSS properties), `on` (listeners); anything else is an
 * attribute, where false/null/undefined leaves it out and true sets it empty.
 * Children are nodes, strings, numbers, nested arrays; null and false are skipped.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  applyProps(node, props);
  append(node, children);
  return node;
}

/** Like `el`, for SVG elements; children are SVG elements. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

function applyProps(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "data") setData(node, value);
    else if (name === "style") setStyle(node, value);
    else if (name === "on") setListeners(node, value);
    else if (name === "href" && !SAFE_ADDRESS.test(value)) continue;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}

function setData(node, entries) {
  for (const [name, value] of Object.entries(entries)) {
    if (value !== null && value !== undefined && value !== false) node.dataset[name] = value === true ? "" : value;
  }
}

function setStyle(node, entries) {
  for (const [name, value] of Object.entries(entries)) {
    if (value !== null && value !== undefined) node.style.setProperty(name, String(value));
  }
}

function setListeners(node, entries) {
  for (const [name, listener] of Object.entries(entries)) {
    if (listener) node.addEventListener(name, listener);
  }
}

function append(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(node, child);
    else node.append(child instanceof Node ? child : String(child));
  }
}

/** Put `children` in place of whatever `node` held. */
export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/** Make `parent`'s children exactly `wanted`, in order, moving as few nodes as possible. */
export function reconcile(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.childNodes]) {
    if (!keep.has(child)) child.remove();
  }
  let cursor = parent.firstChild;
  for (const node of wanted) {
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
}
