/** What buttons, menus and keys do, by the names in their data-do; and what is said of it. */
import { arrange } from "./arrange.js";
import { run } from "./commands.js";
import { $, editor, put, say, word } from "./dom.js";
import { six } from "./fields.js";
import { tidy } from "./geometry.js";
import { full } from "./model.js";
import { asCustom } from "./predefined.js";
import { describe } from "./view.js";

const ADDING = ["add", "duplicate", "paste", "draw"];
// What leaves the numbers as they are: its name alone would not say what came of it.
const STATES = ["mode", "lock", "hide", "raise", "lower", "front", "back"];
const SIDES = { xstart: "left", xend: "right", ystart: "top", yend: "bottom" };
const ZOOM = 1.25;

export function startActions(ed) {
  const { model, show, view } = ed;

  /** A command of commands.js, and what it came to. */
  ed.run = (name, options = {}) => {
    if (noRoom(name)) return false;
    const done = run(model, name, options);
    // Nudges are told when the key is let go.
    if (STATES.includes(name) || (name === "remove" && !done)) {
      ed.refresh(); // the numbers of regions and their warnings
      ed.tellSelected();
    } else if (done && options.at === undefined) say(word("done", { step: model.history[model.position - 1] }));
    if (name === "remove" && done) view.svg.focus();
    // What was made is what the keys act on.
    if (ADDING.includes(name) && view.svg.contains(document.activeElement)) view.focus(model.selection.at(-1));
    return done;
  };

  function noRoom(name) {
    const none = ADDING.includes(name) && full(model.doc);
    if (none) say($("[data-full]").textContent);
    return none;
  }

  /** Where the selection is now, and what it was aligned with. */
  ed.tellSelected = (guides = []) => {
    const { selected, indexes } = model;
    if (!selected.length) return;
    const near = guides.map(({ id, axis, side, kind }) => (id ? word("aligned", { number: model.index(id) + 1, side: word(SIDES[axis + side] ?? "centre") }) : word(`at_${kind}`)));
    const what = selected.length > 1 ? word("many", { count: selected.length }) : describe(ed, selected[0], indexes[0]);
    say(`${what} ${[...new Set(near)].join(", ")}`);
  };

  ed.tool = (name) => {
    if (noRoom(name)) return;
    ed.drawing = name === "draw";
    view.svg.classList.toggle("is-drawing", ed.drawing);
    for (const each of ["select", "draw"]) put($(`[data-do="${each}"]`), { "aria-pressed": String(each === name) });
  };

  ed.pane = (name) => {
    $(`[name="pane"][value="${name}"]`).checked = true;
    ed.parts[0].tell();
  };

  const step = (to) => () => {
    model.step(to);
    view.tell();
    view.focus(model.selection.at(-1));
  };

  function final() {
    show.final = !show.final;
    editor.classList.toggle("is-final", show.final);
    $(".stage__done").hidden = !show.final;
    fit();
    (show.final ? $(".stage__done") : view.svg).focus();
  }

  function fit() {
    view.zoom = 0;
    view.measure();
  }

  Object.assign(ed.actions, {
    undo: () => say(word("undone", { step: model.undo() || word("nothing") })),
    redo: () => say(word("redone", { step: model.redo() || word("nothing") })),
    next: step(1),
    previous: step(-1),
    first: step("first"),
    last: step("last"),
    all() {
      model.selectAll();
      ed.tellSelected();
    },
    clear() {
      if (ed.cancel()) return;
      if ($("[data-context]").matches(":popover-open")) ed.closeMenu();
      else if (show.final) final();
      else if (ed.drawing) ed.tool("select");
      else model.select([]);
    },
    select: () => ed.tool("select"),
    draw: () => ed.tool(ed.drawing ? "select" : "draw"),
    inspect() {
      ed.pane("region");
      $('[data-f="x"]').select();
    },
    presets: () => arrange(ed),
    pixel() {
      show.pixel = !show.pixel;
      say(word(show.pixel ? "step_pixel" : "step_percent"));
    },
    keys: () => $("#open-keys").click(),
    "zoom-in": () => view.zoomTo(view.scale * ZOOM),
    "zoom-out": () => view.zoomTo(view.scale / ZOOM),
    "zoom-1": () => view.zoomTo(1),
    "zoom-fit": fit,
    final,
    convert() {
      const people = ed.users().length ? ed.users() : ["1"];
      model.replace(asCustom(model.doc, people, ed.data.tables), word("convert"));
      ed.pane("region");
      ed.act("first"); // the button that had the focus is gone
      say(word("done", { step: word("convert") }));
    },
    align: (how) => ed.run("align", { how, to: model.selected.length > 1 ? show.alignTo : "canvas" }),
    distribute(how) {
      const [axis, by] = how.split("-");
      ed.run("distribute", { axis, by });
    },
    same: (what) => ed.run("same", { what }),
    tidy() {
      const { changes } = tidy(model.doc.regions);
      if (!ed.run("tidy")) return say(word("nothing_to_tidy"));
      const list = changes.map(({ index, side, from, to }) => word("tidied_edge", { number: index + 1, side: word(side), from: six(from), to: six(to) }));
      ed.note("editor-tidied", { message: word("tidied", { list: list.join("; ") }) }, { undo: ed.actions.undo });
    },
  });

  ed.act = (name, argument) => (ed.actions[name] ? ed.actions[name](argument) : ed.run(name));

  editor.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || button.getAttribute("aria-disabled")) return;
    const [name, argument] = button.dataset.do.split(":");
    const menu = button.closest("details.menu, [popover]");
    menu?.removeAttribute("open");
    if (menu) ed.closeMenu(); // or the focus would go with it, and the keys with the focus
    if (name !== "keys") ed.act(name, argument); // the button itself opens the dialog of keys
  });
}
