/** Boot of the visual editor: joins the document, the canvas and the panels around it. */
import { startActions } from "./actions.js";
import { check, fromServer } from "./checks.js";
import { stepName } from "./commands.js";
import { $, all, editor, out, put } from "./dom.js";
import { startInspector } from "./inspector.js";
import { fromWire } from "./io.js";
import { startKeeping } from "./keeping.js";
import { startKeys } from "./keys.js";
import { startList } from "./list.js";
import { Model, full } from "./model.js";
import { startPanel } from "./panel.js";
import { startPointer } from "./pointer.js";
import { isDerived, sampleUsers } from "./predefined.js";
import { startSamples } from "./samples.js";
import { startView } from "./view.js";

const SHOW = "layout-view"; // in localStorage: how this person likes to see the canvas
const NUMBERS = 100; // ms between the numbers shown in a drag
const AT_FIRST = {
  users: 4, grid: 0, snap: true, rulers: true, safe: false, pictures: true, letters: true,
  unit: "fraction", alignTo: "canvas", pixel: false, final: false,
};

const data = JSON.parse(document.getElementById("editor-data").textContent);
const model = new Model(fromWire(data.wire, data.document).doc);
const present = data.live?.session.users ?? []; // uids in the channel, if it is a recording
let frame = 0;
let whole = false;
let telling = 0;

/** What the parts of the editor know of each other; each adds its own. */
const ed = {
  data,
  model,
  show: { ...AT_FIRST, ...kept(), final: false, users: present.length ? Math.min(17, present.length) : Math.max(AT_FIRST.users, Math.min(17, model.doc.regions.length)) },
  problems: [], // all that is shown
  own: [], // of these, what the drawing itself has wrong
  actions: {},
  parts: [],
  drawing: false,
  coarse: matchMedia("(pointer: coarse)").matches,
  users: () => (ed.show.users ? sampleUsers(model.doc, ed.show.users, present) : []),
  step: (verb, regions) => stepName(verb, regions.map((region) => model.index(region.id))),
  severity(index) {
    const own = ed.problems.filter((each) => each.region === index).map((each) => each.severity);
    return ["error", "warning"].find((each) => own.includes(each)) ?? null;
  },
  soon,
  refresh,
  /** Problems that only the server has found stand beside our own until the next change. */
  refused(problems) {
    const known = ({ rule, path }) => ed.own.some((each) => each.rule === rule && each.path === path);
    ed.problems = [...fromServer(problems, model.doc).filter((each) => !known(each)), ...ed.own];
    tell();
  },
};

function kept() {
  try {
    return JSON.parse(localStorage.getItem(SHOW));
  } catch {
    return null; // no storage: everything is shown as at first
  }
}

/** The form of numbers goes; its notes and its versions come along. */
function takeOver() {
  const form = document.getElementById("layout-form");
  if (!form) return;
  $("[data-notes]").append(...form.querySelectorAll(".banner"));
  $("[data-versions]").append(...form.querySelectorAll("#versions"));
  form.remove();
}

/** Draw once in the next frame: the picture alone in a drag, else everything. */
function soon() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    if (whole) return refresh();
    ed.view.paint();
    // Text costs a frame more than the picture does.
    telling ||= setTimeout(() => {
      telling = 0;
      ed.parts[0].numbers();
    }, NUMBERS);
  });
}

function refresh() {
  whole = false;
  ed.own = check(model.doc, data.tables.words);
  ed.problems = ed.own;
  ed.view.measure();
  tell();
}

function tell() {
  const { doc } = model;
  const custom = doc.kind === 3;
  for (const node of all("[data-custom]")) node.hidden = !custom;
  $("[data-predefined]").hidden = custom;
  $("[data-derived]").hidden = custom || !isDerived(doc, ed.users(), data.tables);
  $("[data-vertical]").hidden = doc.kind !== 2;
  $("[data-empty]").hidden = !custom || doc.regions.length > 0;
  $("[data-full]").hidden = !full(doc);
  const { length } = model.selection;
  const impossible = {
    add: full(doc), draw: full(doc), duplicate: !length || full(doc), undo: !model.canUndo, redo: !model.canRedo,
    distribute: length < 3, same: length < 2, swap: length !== 2, front: !length, raise: !length, lower: !length, back: !length, remove: !length,
  };
  for (const name in impossible) {
    for (const button of all(`[data-do^="${name}"]`)) put(button, { "aria-disabled": impossible[name] ? "true" : null });
  }
  out("users", `${ed.show.users}`);
  out("canvas", `${doc.width} × ${doc.height} px`);
  ed.view.tell();
  for (const part of ed.parts) part.tell();
}

/** The choices under View, the unit and the slider of users. */
function startChoices() {
  for (const input of all("[data-view]")) {
    const value = ed.show[input.dataset.view];
    if (input.type === "checkbox") input.checked = value;
    else if (input.type === "radio") input.checked = input.value === value;
    else if (value !== undefined) input.value = value;
  }
  editor.addEventListener("input", ({ target }) => {
    const name = target.dataset.view;
    if (!(name in ed.show)) return;
    const number = typeof AT_FIRST[name] === "number";
    ed.show[name] = target.type === "checkbox" ? target.checked : number ? Number(target.value) : target.value;
    try {
      localStorage.setItem(SHOW, JSON.stringify(ed.show));
    } catch {} // a private window: remembered until the page is left
    refresh();
  });
}

// Whatever goes wrong before it is ready leaves the form of numbers.
addEventListener("error", () => "ready" in editor.dataset || editor.remove());
editor.hidden = false;
startSamples(ed);
ed.view = startView(ed);
startActions(ed);
startPointer(ed);
startKeys(ed);
for (const part of [startInspector, startList, startKeeping, startPanel]) ed.parts.push(part(ed));
startChoices();
if (model.doc.kind !== 3) ed.pane("canvas");
model.onchange = (_model, what) => {
  whole ||= what !== "preview";
  soon();
};
refresh();
takeOver();
editor.dataset.ready = "";
editor.model = model; // for who looks with the browser's tools
