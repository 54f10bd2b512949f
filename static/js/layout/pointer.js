/** Mouse, pen and touch on the canvas: each gesture is one undo step, and can be taken back until it ends. */
import { $, out } from "./dom.js";
import { UNIT, bounds, draw, hits, inside, leastBox, move, ratioOf, scale, walk } from "./geometry.js";
import { withRegions } from "./model.js";
import { snapMove, snapResize, snapSize } from "./snap.js";

const START = 3; // px before a press becomes a drag
const SNAP = 6;
const HOLD = 500; // ms before a touch opens the menu
const BESIDE = 8; // px from the finger to the menu, so that letting go presses nothing

export function startPointer(ed) {
  const { model, view } = ed;
  const { svg } = view;
  const fingers = new Map();
  let act = null; // {from: event, move(event), drop(event), back()}
  let pinch = null;
  let space = false;
  let holding;

  /** What snapping needs; `still` are the ids that move. */
  const around = (moving, event) => {
    const others = model.doc.regions.filter((region) => !region.hidden && !moving.includes(region.id));
    return [others, { x: (SNAP * UNIT) / view.w, y: (SNAP * UNIT) / view.h, grid: ed.show.grid, doc: model.doc, off: event.altKey || !ed.show.snap }];
  };
  const put2 = (rects, chosen) => {
    const by = new Map(chosen.map((region, i) => [region.id, rects[i]]));
    return withRegions(base, base.regions.map((region) => (by.has(region.id) ? { ...region, ...by.get(region.id) } : region)));
  };
  let base;

  function moving() {
    const chosen = model.selected.filter((region) => !region.locked && !region.hidden);
    if (!chosen.length) return null;
    base = model.doc;
    const ids = chosen.map((region) => region.id);
    return {
      begin: () => model.begin(ed.step("move", chosen)),
      move(dx, dy, event) {
        let rects = move(chosen, dx, dy);
        const snap = snapMove(bounds(rects), ...around(ids, event));
        rects = move(rects, snap.dx, snap.dy);
        view.guides = snap.guides;
        model.update(put2(rects, chosen));
      },
    };
  }

  function sizing(handle) {
    const chosen = model.selected.filter((region) => !region.locked && !region.hidden);
    base = model.doc;
    const box = bounds(chosen);
    const ids = chosen.map((region) => region.id);
    return {
      begin: () => model.begin(ed.step("size", chosen)),
      move(dx, dy, event) {
        const ratio = ed.keptRatio() ?? (event.shiftKey ? [box.w, box.h] : undefined);
        const options = { ratio, centre: event.ctrlKey || event.metaKey, min: leastBox(chosen) };
        const found = snapSize(box, handle, dx, dy, options, ...around(ids, event));
        view.guides = found.guides;
        model.update(put2(scale(chosen, box, found.box), chosen));
      },
    };
  }

  /** Draw a region, or the box that selects what it touches. */
  function sweeping(from, drawing, event) {
    const kept = event.shiftKey && !drawing ? model.selection : [];
    return {
      begin() {},
      move(dx, dy, now) {
        let [x, y] = [from[0] + dx, from[1] + dy];
        if (drawing) {
          const rect = draw(from[0], from[1], x, y) ?? { x: from[0], y: from[1], w: 1, h: 1 };
          const snap = snapResize(rect, `${y < from[1] ? "n" : "s"}${x < from[0] ? "w" : "e"}`, ...around([], now));
          [x, y] = [x + snap.dx, y + snap.dy];
          view.guides = snap.guides;
        }
        const square = now.shiftKey && drawing ? { ratio: ratioOf("1:1", model.doc) } : {};
        view.sweep = drawing ? draw(from[0], from[1], x, y, square) : { x: Math.min(from[0], x), y: Math.min(from[1], y), w: Math.abs(x - from[0]), h: Math.abs(y - from[1]) };
        if (drawing) ed.soon();
        else model.select([...new Set([...kept, ...inside(model.doc.regions, view.sweep).map((i) => model.doc.regions[i].id)])]);
      },
      end() {
        const rect = view.sweep;
        view.sweep = null;
        if (drawing && rect) ed.run("add", { rect });
        if (drawing) ed.tool("select");
      },
    };
  }

  const panning = () => {
    const start = { x: view.x, y: view.y };
    return {
      begin() {},
      move(_dx, _dy, event) {
        view.zoom ||= view.scale;
        view.pan = { x: start.x + event.clientX - act.from.clientX, y: start.y + event.clientY - act.from.clientY };
        view.measure();
      },
    };
  };

  /** What a press without a drag means. */
  function click(event, id) {
    const { doc, selection } = model;
    if (!id) {
      if (!event.shiftKey) model.select([]);
      return svg.focus({ preventScroll: true });
    }
    if (event.altKey) {
      const stack = hits(doc.regions, ...view.at(event));
      const next = walk(stack, model.index(selection.at(-1)));
      id = doc.regions[next]?.id ?? id;
      model.select([id]);
    } else if (event.shiftKey) model.toggle(id);
    else model.select([id]);
    view.focus(id);
  }

  function down(event) {
    fingers.set(event.pointerId, event);
    if (fingers.size === 2) return startPinch();
    if (fingers.size > 2 || event.button > 1 || ed.show.final) return;
    const handle = event.target.closest("[data-h]")?.dataset.h;
    const id = event.target.closest("[data-id]")?.dataset.id;
    const key = Number(id);
    const editable = model.doc.kind === 3;
    act = { from: event, id: key, started: false };
    if (space || event.button === 1 || !editable) Object.assign(act, panning(), { pan: true });
    else if (ed.drawing) Object.assign(act, sweeping(view.at(event), true, event));
    else if (handle) Object.assign(act, sizing(handle), { handle });
    else if (key) {
      if (!model.selection.includes(key) && !event.shiftKey && !event.altKey) model.select([key]);
    } else Object.assign(act, sweeping(view.at(event), false, event));
    svg.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") holding = setTimeout(() => openMenu(event), HOLD);
  }

  function start(event) {
    clearTimeout(holding);
    if (!act.move) {
      if (!model.selection.includes(act.id)) event.shiftKey ? model.toggle(act.id) : model.select([act.id]);
      const found = moving();
      if (!found) return (act = null);
      Object.assign(act, found);
    }
    act.started = true;
    act.begin();
  }

  function moved(event) {
    if (fingers.has(event.pointerId)) fingers.set(event.pointerId, event);
    if (pinch) return pinchTo();
    if (!act) return readOut(event);
    const dx = event.clientX - act.from.clientX;
    const dy = event.clientY - act.from.clientY;
    if (!act.started && Math.hypot(dx, dy) < START) return;
    if (!act.started) start(event);
    act?.move(Math.round((dx * UNIT) / view.w), Math.round((dy * UNIT) / view.h), event);
  }

  function up(event) {
    fingers.delete(event.pointerId);
    clearTimeout(holding);
    if (pinch) return fingers.size < 2 && (pinch = null);
    const done = act;
    act = null;
    if (!done) return;
    if (!done.started) {
      if (!done.pan && !done.handle) click(event, done.id);
      if (ed.drawing && !done.id) ed.tool("select");
      return;
    }
    const { guides } = view;
    view.guides = [];
    if (model.active) {
      model.commit();
      ed.tellSelected(guides);
      view.focus(model.selection.at(-1));
    }
    done.end?.(event);
    ed.soon();
  }

  function cancel() {
    clearTimeout(holding);
    if (!act) return false;
    act = null;
    view.guides = [];
    view.sweep = null;
    if (model.active) model.cancel();
    ed.soon();
    return true;
  }

  function startPinch() {
    cancel();
    const [a, b] = [...fingers.values()];
    pinch = { far: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY), scale: view.scale, x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 };
    view.zoom ||= view.scale;
    view.pan = { x: view.x, y: view.y };
  }

  function pinchTo() {
    const [a, b] = [...fingers.values()];
    const [x, y] = [(a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2];
    view.pan.x = view.x += x - pinch.x;
    view.pan.y = view.y += y - pinch.y;
    [pinch.x, pinch.y] = [x, y];
    const { left, top } = svg.getBoundingClientRect();
    view.zoomTo((pinch.scale * Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)) / pinch.far, x - left, y - top);
  }

  function readOut(event) {
    const [x, y] = view.at(event);
    const { width, height } = model.doc;
    const on = x >= 0 && y >= 0 && x <= UNIT && y <= UNIT;
    out("at", on ? `${Math.round((x * width) / UNIT)}, ${Math.round((y * height) / UNIT)} px   ${(x / 10_000).toFixed(1)} %, ${(y / 10_000).toFixed(1)} %` : "");
  }

  function openMenu(event) {
    const id = Number(event.target.closest("[data-id]")?.dataset.id);
    if (!id || model.doc.kind !== 3) return;
    cancel();
    if (!model.selection.includes(id)) model.select([id]);
    menu.showPopover();
    menu.style.setProperty("left", `${Math.min(event.clientX + BESIDE, innerWidth - menu.offsetWidth - 8)}px`);
    menu.style.setProperty("top", `${Math.min(event.clientY + BESIDE, innerHeight - menu.offsetHeight - 8)}px`);
    menu.querySelector("button").focus();
  }

  // Not a popover that closes by itself: that would end with the finger that opened it.
  const menu = $("[data-context]");
  ed.closeMenu = () => {
    menu.hidePopover();
    view.focus(model.selection.at(-1));
  };
  menu.addEventListener("keydown", (event) => event.key === "Escape" && ed.closeMenu());
  document.addEventListener("pointerdown", ({ target }) => {
    if (!menu.contains(target)) menu.hidePopover();
  });

  svg.addEventListener("pointerdown", down);
  svg.addEventListener("pointermove", moved);
  svg.addEventListener("pointerup", up);
  svg.addEventListener("pointercancel", (event) => {
    fingers.delete(event.pointerId);
    pinch = null;
    cancel();
  });
  svg.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    openMenu(event);
  });
  // The middle button only pans: no scrolling by itself, and in Firefox no pasting of what is selected elsewhere.
  for (const type of ["mousedown", "auxclick"]) svg.addEventListener(type, (event) => event.button === 1 && event.preventDefault());
  // The pointer is captured, so the event names the canvas; the clicks before it have selected.
  svg.addEventListener("dblclick", () => model.selection.length && ed.act("inspect"));
  // The finger that opened the menu may lie on it: letting go is no click on what lies there.
  svg.addEventListener("touchend", (event) => menu.matches(":popover-open") && event.preventDefault());
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) {
      if (!view.zoom) return;
      view.pan = { x: view.x - event.deltaX, y: view.y - event.deltaY };
      event.preventDefault();
      return view.measure();
    }
    event.preventDefault();
    const { left, top } = svg.getBoundingClientRect();
    view.zoomTo(view.scale * Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
  }, { passive: false });
  ed.cancel = cancel;
  ed.space = (on) => {
    space = on;
    svg.classList.toggle("is-panning", on);
  };
}
