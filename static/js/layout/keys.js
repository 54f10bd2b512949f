/** The keyboard on the canvas, and the clipboard: every way of the pointer has one here. */
import { editor, say, word } from "./dom.js";
import { copyText, pasteRegions } from "./io.js";

const KEYS = {
  n: "next", p: "previous", Home: "first", End: "last", Delete: "remove", Backspace: "remove", "]": "raise", "[": "lower",
  "}": "front", "{": "back", f: "mode", l: "lock", h: "hide", r: "draw", v: "select", Enter: "inspect", F2: "inspect",
  ".": "pixel", "?": "keys", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", 0: "zoom-fit", 1: "zoom-1", Escape: "clear",
};
const WITH_CONTROL = { d: "duplicate", a: "all", z: "undo", Z: "redo", y: "redo", s: "save" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function startKeys(ed) {
  const { model } = ed;
  const typing = (target) => target.matches("input:not([type=range], [type=checkbox], [type=radio], [type=color]), textarea, select");
  const onCanvas = (target) => ed.view.svg.contains(target);
  let nudged = false;

  editor.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const control = event.ctrlKey || event.metaKey;
    if (control && !event.altKey && WITH_CONTROL[key] && (key === "s" || !typing(target))) {
      if (key === "a" && !onCanvas(target)) return;
      event.preventDefault();
      if (typing(target)) {
        target.blur(); // what is still being typed is saved too
        target.focus();
      }
      return ed.act(key === "s" && ed.data.mode === "live" ? "apply" : key === "z" && event.shiftKey ? "redo" : WITH_CONTROL[key]);
    }
    if (key === "Escape" && target.closest("[data-inspector]")) return ed.view.focus(model.selection.at(-1));
    if (key === "Escape" && ed.show.final) return ed.act("final");
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
      if (!model.selection.length) model.select([Number(target.dataset.id) || model.doc.regions[0]?.id]);
      ed.run(control ? "grow" : "nudge", { dx: dx * times, dy: dy * times, step: size, at: event.timeStamp, ratio: ed.keptRatio() });
      nudged = true; // told also where nothing moves: at the edge, or locked
      return;
    }
    const single = key.length === 1;
    const name = KEYS[single ? key.toLowerCase() : key];
    // Many keyboards have brackets behind AltGr, which counts as Ctrl and Alt, or behind Option.
    const held = event.altKey ? !/[[\]{}]/.test(key) : control;
    if (!name || held || (single && !ed.show.letters)) return;
    if (model.doc.kind !== 3 && !/zoom|keys|clear/.test(name)) return;
    event.preventDefault();
    ed.act(name);
  });
  editor.addEventListener("keyup", (event) => {
    if (event.key === " ") ed.space(false);
    if (!ARROWS[event.key] || !nudged) return;
    nudged = false;
    ed.tellSelected();
  });

  // Whoever comes by Tab acts on the region that has the focus.
  editor.addEventListener("focusin", ({ target }) => {
    const id = Number(target.dataset?.id);
    if (onCanvas(target) && id && target.matches(":focus-visible") && !model.selection.includes(id)) model.select([id]);
  });

  for (const type of ["copy", "cut", "paste"]) {
    document.addEventListener(type, (event) => {
      if (!onCanvas(document.activeElement) || model.doc.kind !== 3 || (type !== "paste" && !model.selection.length)) return;
      event.preventDefault();
      if (type === "paste") {
        const regions = pasteRegions(event.clipboardData.getData("text/plain"));
        return regions ? ed.run("paste", { regions }) : say(word("no_paste"));
      }
      event.clipboardData.setData("text/plain", copyText(model.selected));
      if (type === "cut") ed.run("remove");
      else say(word("copied"));
    });
  }
}
