/** What keys, menu and buttons do to the selected regions: each is one named step of the history. */
import { fill, gettext } from "../words.js";
import * as g from "./geometry.js";
import { region, withRegions } from "./model.js";

// The name of a step for one region and for several.
const NAMES = {
  move: [gettext("Move region %(number)s"), gettext("Move %(count)s regions")],
  size: [gettext("Resize region %(number)s"), gettext("Resize %(count)s regions")],
  add: [gettext("Add region %(number)s")],
  remove: [gettext("Remove region %(number)s"), gettext("Remove %(count)s regions")],
  duplicate: [gettext("Duplicate region %(number)s"), gettext("Duplicate %(count)s regions")],
  paste: [gettext("Paste region %(number)s"), gettext("Paste %(count)s regions")],
  align: [gettext("Align region %(number)s"), gettext("Align %(count)s regions")],
  distribute: ["", gettext("Distribute %(count)s regions")],
  same: ["", gettext("Give %(count)s regions one size")],
  swap: ["", gettext("Swap two regions")],
  tidy: [gettext("Tidy the edges")],
  order: [gettext("Reorder region %(number)s"), gettext("Reorder %(count)s regions")],
  mode: [gettext("Crop or fit region %(number)s"), gettext("Crop or fit %(count)s regions")],
  lock: [gettext("Lock or unlock region %(number)s"), gettext("Lock or unlock %(count)s regions")],
  hide: [gettext("Hide or show region %(number)s"), gettext("Hide or show %(count)s regions")],
  set: [gettext("Change region %(number)s"), gettext("Change %(count)s regions")],
  picture: [gettext("Change the picture")],
  preset: [gettext("Arrange from a preset")],
};

/** The name of a step on the regions of these indexes. */
export function stepName(verb, indexes) {
  const [one, many] = NAMES[verb];
  return fill((indexes.length > 1 && many) || one, { number: indexes[0] + 1, count: indexes.length });
}

const toggled = (rows, field) => !rows.every((r) => r[field]);
const WHOLE = { x: 0, y: 0, w: g.UNIT, h: g.UNIT };
const MIDDLE = { x: 300_000, y: 300_000, w: 400_000, h: 400_000 };

// Each takes what `run` prepares, and its options.
const COMMANDS = {
  nudge: ({ free, change, by }, { dx, dy, at }) => change("move", g.move(free, by(dx, "x", 0), by(dy, "y", 0)), at),
  grow({ free, change, by }, { dx, dy, at, ratio }) {
    const box = g.bounds(free);
    const to = g.resize(box, "se", by(dx, "x", 1), by(dy, "y", 1), { ratio, min: g.leastBox(free) });
    change("size", g.scale(free, box, to), at);
  },
  add: ({ insert }, { rect = MIDDLE, fields }) => insert("add", [{ ...rect, ...fields }]),
  paste: ({ insert }, { regions }) => insert("paste", regions),
  duplicate: ({ insert, chosen }) => insert("duplicate", chosen.map((r) => g.duplicateOf(r))),
  remove: ({ all, free, edit }) => edit("remove", all.filter((r) => !free.includes(r))),
  align: ({ free, change }, { how, to }) => change("align", g.align(free, how, to === "canvas" ? WHOLE : g.bounds(free))),
  distribute: ({ free, change }, { axis, by }) => change("distribute", g.distribute(free, axis, by)),
  same: ({ all, free, change, model }, { what }) => change("same", g.sameSize(free, what, all[model.index(model.selection[0])])),
  swap: ({ free, change }) => free.length === 2 && change("swap", g.swap(...free)),
  tidy: ({ all, edit }) => edit("tidy", g.tidy(all).rects),
  reorder: ({ all, edit }, { from, to }) => edit("order", g.shift(all, from, to), { of: [from] }),
  mode: ({ chosen, set }, { mode = +toggled(chosen, "mode") }) => set("mode", { mode }),
  lock: ({ chosen, set }, { locked = toggled(chosen, "locked") }) => set("lock", { locked }),
  hide: ({ chosen, set }, { hidden = toggled(chosen, "hidden") }) => set("hide", { hidden }),
  set: ({ set }, { field, value, also }) => set("set", { [field]: value, ...also }),
  picture({ model }, { field, value }) {
    if (model.doc[field] !== value) model.edit(stepName("picture", []), { ...model.doc, [field]: value });
  },
  preset: ({ model }, { regions, label = stepName("preset", []) }) =>
    model.replace({ ...model.doc, kind: 3, regions: regions.map((r) => region(r)) }, label),
};
for (const to of ["raise", "lower", "front", "back"])
  COMMANDS[to] = ({ all, edit, model }) => edit("order", g.reorder(all, model.indexes, to));

/** Do a command; true if it changed something. Locked regions keep their place and are not removed. */
export function run(model, command, options = {}) {
  const { doc, selected: chosen } = model;
  const all = doc.regions;
  const free = chosen.filter((r) => !r.locked);
  if (!free.length && ["nudge", "grow", "align", "same"].includes(command)) return false;
  const edit = (verb, regions, { of = model.indexes, ...more } = {}) => {
    const changed = regions.length !== all.length || regions.some((r, i) => r !== all[i]);
    if (changed) model.edit(stepName(verb, of), withRegions(doc, regions), more);
  };
  const put = (verb, old, next, more) => {
    const same = (r, i) => Object.keys(r).every((key) => r[key] === old[i][key]);
    if (!next.every(same)) edit(verb, all.map((r) => next[old.indexOf(r)] ?? r), more);
  };
  // What is joined: nudges of one selection.
  const change = (verb, rects, at) => put(verb, free, rects, at === undefined ? {} : { join: verb + model.selection, at });
  const set = (verb, fields) => put(verb, chosen, chosen.map((r) => ({ ...r, ...fields })));
  const by = (n, axis, far) => {
    const box = g.bounds(free);
    const pixels = axis === "x" ? doc.width : doc.height;
    return g.delta(box[axis] + far * box[g.SIZE[axis]], n, options.step, pixels);
  };
  const insert = (verb, rows) => {
    const taken = new Set(all.map((r) => r.uid));
    const added = rows.slice(0, Math.max(0, g.MAX_REGIONS - all.length)).map((r) => {
      const uid = taken.has(r.uid) ? "" : (r.uid ?? "");
      taken.add(uid);
      return region(r, { uid });
    });
    edit(verb, [...all, ...added], { of: added.map((_, i) => all.length + i), selection: added.map((r) => r.id) });
  };
  COMMANDS[command]({ model, all, chosen, free, edit, change, set, by, insert }, options);
  return model.doc !== doc;
}
