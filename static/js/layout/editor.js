/** Boot of the visual editor: joins the document, the canvas and the panels, and takes keys and buttons. */
import { check, fromServer } from "./checks.js";
import { run, stepName } from "./commands.js";
import { $, all, editor, out, put, say, word } from "./dom.js";
import { tidy } from "./geometry.js";
import { six } from "./fields.js";
import { copyText, fromWire, pasteRegions } from "./io.js";
import { Model, full } from "./model.js";
import { startInspector } from "./inspector.js";
import { startKeeping } from "./keeping.js";
import { startList } from "./list.js";
import { startPanel } from "./panel.js";
import { startPointer } from "./pointer.js";
import { asCustom, isDerived, place, sampleUsers } from "./predefined.js";
import { startSamples } from "./samples.js";
import { describe, startView } from "./view.js";

const SHOW = "layout-view";
const NUMBERS = 100; // ms between the numbers shown in a drag
const WORST = ["error", "warning", "info"];
const KEYS = {
  n: "next", p: "previous", Home: "first", End: "last", Delete: "remove", Backspace: "remove", "]": "raise", "[": "lower",
  "}": "front", "{": "back", f: "mode", l: "lock", h: "hide", r: "draw", v: "select", Enter: "inspect", F2: "inspect",
  ".": "pixel", "?": "keys", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", 0: "zoom-fit", 1: "zoom-1", Escape: "clear",
};
const WITH_CONTROL = { d: "duplicate", a: "all", z: "undo", Z: "redo", y: "redo", s: "save" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ALIGN = { left: 1, centre: 1, right: 1, top: 1, middle: 1, bottom: 1 };

function start() {
  const data = JSON.parse(document.getElementById("editor-data").textContent);
  const { width, height } = data.document;
  const ed = {
    data,
    model: new Model(fromWire(data.wire, { width, height }).doc),
    show: { users: 4, grid: 0, snap: true, rulers: true, safe: false, pictures: true, letters: true, unit: "fraction", alignTo: "canvas", pixel: false, final: false },
    problems: [],
    drawing: false,
    actions: {},
    coarse: matchMedia("(pointer: coarse)").matches,
    parts: [],
    users: () => (ed.show.users ? sampleUsers(ed.model.doc, ed.show.users) : []),
    places: () => place(ed.model.doc, ed.users(), data.tables),
    severity: (index) => WORST.find((each) => each !== "info" && ed.problems.some((p) => p.region === index && p.severity === each)) ?? null,
    step: (verb, regions) => stepName(verb, regions.map((region) => ed.model.index(region.id))),
    ratioFor: (region) => (region.ratio === "source" ? ed.sizeOf(region) : region.ratio),
    soon,
    refresh,
    run: command,
    tool,
    inspect,
    tellSelected,
    /** Problems of the server stand beside our own until the next change. */
    refused(problems) {
      ed.problems = [...fromServer(problems), ...ed.problems];
      tell();
    },
  };
  const { model } = ed;
  try {
    Object.assign(ed.show, JSON.parse(localStorage.getItem(SHOW)), { final: false, users: Math.max(4, Math.min(17, model.doc.regions.length)) });
  } catch {} // no storage: what is shown is as at first
  editor.hidden = false;
  document.documentElement.classList.add("has-editor");
  const form = document.getElementById("layout-form");
  if (form) {
    $("[data-notes]").append(...form.querySelectorAll(".banner"));
    $("[data-versions]").append(...form.querySelectorAll("#versions"));
    form.remove();
  }

  startSamples(ed);
  ed.view = startView(ed);
  startPointer(ed);
  for (const part of [startInspector, startList, startPanel, startKeeping]) ed.parts.push(part(ed));

  let waiting = 0;
  let whole = false;
  let telling = 0;
  const numbers = () => {
    telling = 0;
    ed.parts[0].numbers();
  };
  /** Draw once in the next frame. */
  function soon() {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      if (whole) refresh();
      else {
        ed.view.paint();
        telling ||= setTimeout(numbers, NUMBERS); // text costs a frame more than the picture does
      }
    });
  }

  function refresh() {
    whole = false;
    ed.problems = check(model.doc, data.tables.words);
    ed.view.measure();
    tell();
  }

  function tell() {
    const { doc } = model;
    const custom = doc.kind === 3;
    for (const node of all("[data-custom]")) node.hidden = !custom;
    $("[data-predefined]").hidden = custom;
    $("[data-vertical]").hidden = doc.kind !== 2;
    if (!custom) $("[data-derived]").hidden = !isDerived(doc, ed.users(), data.tables);
    $("[data-empty]").hidden = !custom || doc.regions.length > 0;
    $("[data-full]").hidden = !full(doc);
    for (const name of ["add", "draw", "duplicate"]) for (const button of all(`[data-do="${name}"]`)) put(button, { "aria-disabled": full(doc) ? "true" : null });
    put($('[data-do="undo"]'), { "aria-disabled": model.canUndo ? null : "true" });
    put($('[data-do="redo"]'), { "aria-disabled": model.canRedo ? null : "true" });
    out("users", word("users", { count: ed.show.users }));
    out("canvas", `${doc.width} × ${doc.height} px`);
    ed.view.paint();
    ed.view.tell();
    for (const part of ed.parts) part.tell();
  }

  model.onchange = (_model, what) => {
    whole ||= what !== "preview";
    soon();
  };

  function tool(name) {
    if (name === "draw" && full(model.doc)) return say($("[data-full]").textContent);
    ed.drawing = name === "draw";
    ed.view.svg.classList.toggle("is-drawing", ed.drawing);
    for (const each of ["select", "draw"]) put($(`[data-do="${each}"]`), { "aria-pressed": String(each === name) });
  }

  function inspect() {
    $('[name="pane"][value="region"]').checked = true;
    ed.parts[0].tell();
    const field = $('[data-f="x"]');
    field.focus();
    field.select();
  }

  /** A command of commands.js, and what it came to. */
  function command(name, options = {}) {
    const before = model.selection.length;
    if (["add", "duplicate", "paste"].includes(name) && full(model.doc)) return say($("[data-full]").textContent);
    const done = run(model, name, options);
    if (done && options.at === undefined) say(word("done", { step: model.history.at(model.position - 1) }));
    if (name === "remove" && before) ed.view.svg.focus();
    return done;
  }

  function tellSelected(guides = []) {
    const { selected, indexes } = model;
    if (!selected.length) return;
    const near = guides.map(({ id, side, kind }) => (id ? word("aligned", { number: model.index(id) + 1, side: word(side ?? "centre") }) : word(`at_${kind}`)));
    say([selected.length > 1 ? word("many", { count: selected.length }) : describe(ed, selected[0], indexes[0]), ...new Set(near)].join(", "));
  }

  const step = (to) => {
    model.step(to);
    ed.view.tell();
    ed.view.focus(model.selection.at(-1));
  };

  const ACTIONS = {
    undo: () => say(word("undone", { step: model.undo() || word("nothing") })),
    redo: () => say(word("redone", { step: model.redo() || word("nothing") })),
    next: () => step(1),
    previous: () => step(-1),
    first: () => step("first"),
    last: () => step("last"),
    all: () => model.selectAll(),
    clear: () => {
      if (ed.cancel()) return;
      if (ed.show.final) return ACTIONS.final();
      if (ed.drawing) return tool("select");
      model.select([]);
    },
    select: () => tool("select"),
    draw: () => tool(ed.drawing ? "select" : "draw"),
    inspect,
    presets: async () => (await import("./arrange.js")).arrange(ed),
    pixel: () => {
      ed.show.pixel = !ed.show.pixel;
      say(word(ed.show.pixel ? "step_pixel" : "step_percent"));
    },
    keys: () => $("#open-keys").click(),
    "zoom-in": () => ed.view.zoomTo(ed.view.scale * 1.25),
    "zoom-out": () => ed.view.zoomTo(ed.view.scale / 1.25),
    "zoom-1": () => ed.view.zoomTo(1),
    "zoom-fit": () => {
      ed.view.zoom = 0;
      ed.view.measure();
    },
    final: () => {
      ed.show.final = !ed.show.final;
      editor.classList.toggle("is-final", ed.show.final);
      $(".stage__done").hidden = !ed.show.final;
      ed.view.zoom = 0;
      ed.view.measure();
      (ed.show.final ? $(".stage__done") : ed.view.svg).focus();
    },
    convert: () => {
      const people = ed.users().length ? ed.users() : ["1"];
      model.replace(asCustom(model.doc, people, data.tables), word("convert"));
      $('[name="pane"][value="region"]').checked = true;
    },
    align: (how) => command("align", { how, to: model.selected.length > 1 ? ed.show.alignTo : "canvas" }),
    distribute: (how) => command("distribute", { axis: how[0], by: how.slice(2) }),
    same: (what) => command("same", { what }),
    tidy: () => {
      const { changes } = tidy(model.doc.regions);
      if (!command("tidy")) return say(word("nothing_to_tidy"));
      const list = changes.map(({ index, side, from, to }) => word("tidied_edge", { number: index + 1, side: word(side), from: six(from), to: six(to) }));
      ed.note("editor-applied", { message: word("tidied", { list: list.join("; ") }) }, { revert: () => act("undo") });
    },
  };

  function act(name, argument) {
    const action = ACTIONS[name] ?? ed.actions[name];
    if (action) action(argument);
    else command(name);
  }
  ed.act = act;

  editor.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || button.getAttribute("aria-disabled")) return;
    const [name, argument] = button.dataset.do.split(":");
    button.closest("details.menu")?.removeAttribute("open");
    button.closest("[popover]")?.hidePopover();
    if (name !== "keys") act(name, argument);
  });

  const typing = (target) => target.matches("input:not([type=range], [type=checkbox], [type=radio], [type=color]), textarea, select");
  const onCanvas = (target) => ed.view.svg.contains(target);
  let nudged = false;

  editor.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const control = event.ctrlKey || event.metaKey;
    if (control && !event.altKey && WITH_CONTROL[key] && (key === "s" || !typing(target))) {
      if (key === "a" && !onCanvas(target)) return;
      event.preventDefault();
      return act(key === "s" && data.mode === "live" ? "apply" : key === "z" && event.shiftKey ? "redo" : WITH_CONTROL[key]);
    }
    if (key === "Escape" && target.closest("[data-inspector]")) return ed.view.focus(model.selection.at(-1));
    if (key === "Escape" && ed.show.final) return ACTIONS.final();
    if (!onCanvas(target)) return;
    if (key === " ") {
      event.preventDefault();
      if (!event.repeat) ed.space(true);
      return;
    }
    if (ARROWS[key] && model.doc.kind === 3) {
      event.preventDefault();
      const [dx, dy] = ARROWS[key];
      const size = event.altKey ? "1" : ed.show.pixel ? "px" : event.shiftKey ? "5%" : "1%";
      const times = ed.show.pixel && event.shiftKey && !event.altKey ? 5 : 1;
      if (!model.selection.length) model.step("first");
      nudged = command(control ? "grow" : "nudge", { dx: dx * times, dy: dy * times, step: size, at: event.timeStamp }) || nudged;
      return;
    }
    const single = key.length === 1;
    const name = KEYS[single ? key.toLowerCase() : key];
    if (!name || control || event.altKey || (single && !ed.show.letters)) return;
    if (model.doc.kind !== 3 && !/zoom|keys|clear/.test(name)) return;
    event.preventDefault();
    act(name);
  });
  editor.addEventListener("keyup", (event) => {
    if (event.key === " ") ed.space(false);
    if (!ARROWS[event.key] || !nudged) return;
    nudged = false;
    tellSelected();
  });

  // A region that gets the focus by Tab is chosen by what is done next: Space and Enter of a button.
  editor.addEventListener("focusin", ({ target }) => {
    const id = Number(target.dataset?.id);
    if (onCanvas(target) && id && target.matches(":focus-visible") && !model.selection.includes(id)) model.select([id]);
  });

  for (const type of ["copy", "cut", "paste"]) {
    document.addEventListener(type, (event) => {
      if (!onCanvas(document.activeElement) || model.doc.kind !== 3) return;
      event.preventDefault();
      if (type === "paste") {
        const regions = pasteRegions(event.clipboardData.getData("text/plain"));
        return regions ? command("paste", { regions }) : say(word("no_paste"));
      }
      event.clipboardData.setData("text/plain", copyText(model.selected));
      if (type === "cut") command("remove");
      else say(word("copied"));
    });
  }

  editor.addEventListener("input", ({ target }) => {
    const name = target.dataset.view;
    if (!name || name === "name" || name === "tags") return;
    ed.show[name] = target.type === "checkbox" ? target.checked : target.type === "range" || name === "grid" ? Number(target.value) : target.value;
    try {
      localStorage.setItem(SHOW, JSON.stringify(ed.show));
    } catch {} // a private window: remembered until the page is left
    refresh();
  });
  for (const input of all("[data-view]")) {
    const value = ed.show[input.dataset.view];
    if (input.type === "checkbox") input.checked = value;
    else if (input.type === "radio") input.checked = input.value === value;
    else if (value !== undefined) input.value = value;
  }

  refresh();
  editor.dataset.ready = "";
  editor.model = model; // for who looks at the page with the browser's tools
}

start();
