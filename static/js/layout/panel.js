/** The layout as text, both ways; files in and out. */
import { $, say, put, word } from "./dom.js";
import { READ_WORDS, curl, read, regionAt, shareFile, startFragment, toText, updateBody } from "./io.js";
import { png, thumbnail } from "./thumb.js";

const PAUSE = 400; // ms after the last key before what was typed is read
const LINE = 20; // px, as in the style sheet
const LARGEST = 1_000_000; // bytes; the server takes no more

export function startPanel(ed) {
  const { model } = ed;
  const area = $("[data-json]");
  const note = $("[data-json-note]");
  const panel = $("[data-panel]");
  let timer;
  let noted = null; // the document that the note is about
  let regions = [];
  let own = false; // the text is somebody's typing; it is not written over while it is read

  function tell() {
    if (!panel.open) return;
    // What cannot be read yet stays, until the picture is another one.
    if (!own || (document.activeElement !== area && noted !== model.doc)) {
      const text = toText(model.doc);
      if (area.value !== text) area.value = text;
      regions = read(text, model.doc).regions ?? [];
      own = false;
      if (noted !== model.doc) tellNote([]); // what was said of an import stays until something is changed
    }
    const lines = model.indexes.map((index) => regions[index]).filter(Boolean);
    mark(lines, "--accent-tint");
    if (lines.length && document.activeElement !== area) area.scrollTop = (lines[0].line - 3) * LINE;
  }

  /** Lines in a colour, scrolling with the text. */
  function mark(lines, colour) {
    const images = lines.map(() => `linear-gradient(var(${colour}), var(${colour}))`);
    area.style.setProperty("background-image", images.join(",") || "none");
    area.style.setProperty("background-position", lines.map(({ line }) => `0 ${8 + (line - 1) * LINE}px`).join(","));
    area.style.setProperty("background-size", lines.map(({ line, endLine }) => `100% ${(endLine - line + 1) * LINE}px`).join(","));
  }

  function tellNote(lines, bad = false) {
    put(note, { class: `small ${bad ? "field__error" : "quiet"}` });
    note.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
    if (bad) area.setAttribute("aria-invalid", "true");
    else area.removeAttribute("aria-invalid");
  }

  /** Take over what a text says; what is wrong with it leaves the canvas alone. */
  function take(text, step) {
    const found = text.length > LARGEST ? { error: "large" } : read(text, model.doc);
    if (found.error) {
      const where = found.line ? `${word("at_line", { line: found.line, column: found.column })} ` : "";
      tellNote([where + READ_WORDS[found.error]], true);
      mark(found.line ? [{ line: found.line, endLine: found.line }] : [], "--live-tint");
      noted = model.doc;
      return false;
    }
    regions = found.regions ?? [];
    model.edit(step, found.doc, { join: "json", at: performance.now() });
    noted = model.doc;
    const lines = [];
    if (found.unknown.length) lines.push(word("unknown", { keys: found.unknown.join(", ") }));
    if (found.rounded.length) lines.push(word("rounded_all", { list: found.rounded.map(({ path, from, to }) => `${path}: ${from} → ${to}`).join("; ") }));
    tellNote(lines);
    return true;
  }

  area.addEventListener("input", () => {
    own = true;
    clearTimeout(timer);
    timer = setTimeout(() => take(area.value, word("typed")), PAUSE);
  });
  area.addEventListener("blur", () => {
    if (!area.hasAttribute("aria-invalid")) own = false;
    clearTimeout(timer);
    if (own) take(area.value, word("typed"));
    ed.soon();
  });
  area.addEventListener("keyup", point);
  area.addEventListener("click", point);
  function point() {
    if (own && area.hasAttribute("aria-invalid")) return;
    const line = area.value.slice(0, area.selectionStart).split("\n").length;
    const id = model.doc.regions[regionAt(regions, line)]?.id;
    if (id && !model.selection.includes(id)) model.select([id]);
  }
  panel.addEventListener("toggle", tell);

  async function open(input) {
    const [file] = input.files;
    if (!file) return;
    const text = file.size > LARGEST ? " ".repeat(LARGEST + 1) : await file.text();
    input.value = "";
    panel.open = true;
    own = false;
    if (take(text, word("imported"))) say(word("imported"));
    ed.refresh();
  }

  function download(blob, name) {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  const TEXTS = { start: (doc) => startFragment(doc, {}), update: updateBody, curl };
  async function send(what) {
    const { doc } = model;
    const name = ed.name() || "layout";
    if (what === "file") download(new Blob([shareFile(doc, name)], { type: "application/json" }), `${name}.json`);
    else if (what === "png") download(await png(thumbnail(doc, ed.users(), ed.data.tables, name)), `${name}.png`);
    else {
      await copy(TEXTS[what](doc));
      say(word("copied"));
    }
  }

  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    panel.open = true; // plain http on another host has no clipboard: it is shown, chosen, to be copied by hand
    area.value = text;
    area.select();
    document.execCommand("copy");
  }

  $("[data-import]").addEventListener("change", ({ target }) => open(target));
  ed.actions.export = send;
  return { tell };
}
