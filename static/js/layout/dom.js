/** What the editor's visible modules share: finding, making and changing elements, and the page's words. */
import { fill } from "../words.js";

const SVG = "http://www.w3.org/2000/svg";
const words = {};

export const editor = document.getElementById("editor");
export const $ = (selector) => editor.querySelector(selector);
export const all = (selector) => [...editor.querySelectorAll(selector)];
export const out = (name, text) => put($(`[data-out="${name}"]`), { textContent: text });

/** A sentence of <template id="editor-words">, its %(places)s filled. */
export function word(name, values = {}) {
  if (!words.saved) {
    for (const each of document.getElementById("editor-words").content.children) words[each.dataset.w] = each.textContent;
  }
  return fill(words[name] ?? name, values);
}

/** An SVG element. */
export function draw(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  put(node, attributes);
  node.append(...children);
  return node;
}

/** Set attributes that differ from what was set before; null removes. Touches nothing else, so frames stay cheap. */
export function put(node, attributes) {
  const had = (node.had ??= {});
  for (const name in attributes) {
    const value = attributes[name];
    if (had[name] === value) continue;
    had[name] = value;
    if (name === "textContent" || name === "hidden") node[name] = value;
    else if (value === null) node.removeAttribute(name);
    else node.setAttribute(name, value);
  }
  return node;
}

/** Say something to those who listen; the same words twice are said twice. */
export function say(text) {
  const place = $("[data-say]");
  place.textContent = place.textContent === text ? `${text}\u00a0` : text;
}
