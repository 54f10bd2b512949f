/** The document being edited, what is selected in it, and every step that led there. */
import { MAX_REGIONS, UNIT } from "./geometry.js";

const JOIN_MS = 600; // nudges this close together are one step
const DEPTH = 10_000; // steps share every region they leave alone, so this is cheap
let lastId = 0;

export const region = (rect, fields) => ({
  uid: "", alpha: UNIT, mode: 0, locked: false, hidden: false, ratio: "", extra: {}, ...rect, ...fields, id: ++lastId,
});

export const blank = ({ width = 1280, height = 720 } = {}) => ({
  width, height, kind: 3, maxUid: "", color: "#000000", image: "", userImage: "", regions: [], backgrounds: [], extra: {},
});

export const withRegions = (doc, regions) => ({ ...doc, regions });
export const full = (doc) => doc.regions.length >= MAX_REGIONS;

const SAVED = ["x", "y", "w", "h", "uid", "alpha", "mode", "extra"]; // of a region
const equal = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Whether two documents would be saved alike: locks and eyes do not count. */
export const same = (a, b) =>
  a === b ||
  (equal({ ...a, regions: a.regions.length }, { ...b, regions: b.regions.length }) &&
    a.regions.every((r, i) => r === b.regions[i] || SAVED.every((field) => equal(r[field], b.regions[i][field]))));

export class Model {
  onchange = () => {};
  selection = [];
  active = ""; // the gesture under way
  position = 0; // how many steps are in force
  #steps = []; // {name, before, after, join, at}; before and after are [doc, selection]
  #start;
  #mark;

  constructor(doc) {
    this.doc = this.#mark = doc;
  }

  index = (id) => this.doc.regions.findIndex((r) => r.id === id);
  get selected() {
    return this.doc.regions.filter((r) => this.selection.includes(r.id));
  }
  get indexes() {
    return this.selected.map((r) => this.index(r.id));
  }
  select(ids) {
    this.#show([this.doc, [...new Set(ids)]], "selection");
  }
  toggle(id) {
    const others = this.selection.filter((other) => other !== id);
    this.select(others.length < this.selection.length ? others : [...others, id]);
  }
  selectAll() {
    this.select(this.doc.regions.map((r) => r.id));
  }
  /** Select the next (1) or previous (-1) region, around, or the "first" or "last". */
  step(to) {
    const ids = this.doc.regions.map((r) => r.id);
    const at = ids.indexOf(this.selection.at(-1));
    const next = { first: 0, last: -1 }[to] ?? (at < 0 ? Math.min(to - 1, 0) / 2 : (at + to) % ids.length);
    if (ids.length) this.select([ids.at(next)]);
  }

  get #now() {
    return [this.doc, this.selection];
  }
  #show([doc, selection], what) {
    this.doc = doc;
    this.selection = selection.filter((id) => this.index(id) >= 0);
    this.onchange(this, what);
  }

  /** One step that can be undone. Steps of the same `join` within 600 ms of `at` are one. */
  edit(name, doc, { selection = this.selection, join = "", at = 0 } = {}) {
    this.cancel();
    if (doc !== this.doc) this.#push(name, this.#now, [doc, selection], join, at);
  }
  replace(doc, name) {
    this.edit(name, doc, { selection: [] });
  }
  #push(name, before, after, join, at) {
    this.#steps.length = this.position;
    const last = this.#steps.at(-1);
    if (join && last?.join === join && at - last.at <= JOIN_MS) Object.assign(last, { after, at });
    else this.#steps.push({ name, before, after, join, at });
    if (this.#steps.length > DEPTH) this.#steps.shift();
    this.position = this.#steps.length;
    this.#show(after, "doc");
  }

  /** A gesture: what it showed is one step when it ends, and nothing at all when it is cancelled. */
  begin(name) {
    this.cancel();
    this.active = name;
    this.#start = this.#now;
  }
  update(doc) {
    if (this.active) this.#show([doc, this.selection], "preview"); // a key may have ended it: then it is over
  }
  commit() {
    const name = this.active;
    if (!name || same(this.doc, this.#start[0])) return this.cancel();
    this.active = "";
    this.#push(name, this.#start, this.#now, "", 0);
  }
  cancel() {
    if (!this.active) return;
    this.active = "";
    this.#show(this.#start, "doc");
  }

  get history() {
    return this.#steps.map((step) => step.name);
  }
  get canUndo() {
    return this.position > 0;
  }
  get canRedo() {
    return this.position < this.#steps.length;
  }
  undo() {
    return this.go(this.position - 1);
  }
  redo() {
    return this.go(this.position + 1);
  }
  /** Go to where so many steps are in force; the name of the last one taken back or done again. */
  go(position) {
    this.cancel();
    const back = position < this.position;
    const step = this.#steps[back ? position : position - 1];
    if (!step || position === this.position) return "";
    this.position = position;
    this.#unjoin();
    this.#show(back ? step.before : step.after, "doc");
    return step.name;
  }
  #unjoin() {
    for (const step of this.#steps.slice(-1)) step.join = "";
  }

  get dirty() {
    return !same(this.doc, this.#mark);
  }
  saved(doc = this.doc) {
    this.#mark = doc;
    this.#unjoin();
    this.onchange(this, "saved");
  }
}
