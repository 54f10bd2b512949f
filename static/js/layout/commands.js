/** What keys, menu and buttons do to the selected regions: each is one named step of the history. */
import { fill, gettext } from "../words.js";
import * as g from "./geometry.js";
import { full, region, withRegions } from "./model.js";

// The name of a step for one region and for several.
const NAMES = {
  nudge: [gettext("Move region %(number)s"), gettext("Move %(count)s regions")],
  grow: [gettext("Resize region %(number)s"), gettext("Resize %(count)s regions")],
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
const inOrder = (to) => ({ model, edit }) => edit("order", g.reorder(model.doc.regions, model.indexes, to));

// Each takes {model, free: unlocked selected regions, change(verb, rects, joined), edit(verb, regions, more)} and options.
const COMMANDS = {
  nudge: ({ free, change, model: { doc } }, { dx, dy, step, at }) => {
    const box = g.bounds(free);
    const by = (axis, n, pixels) => g.delta(box[axis], n, step, pixels);
    change("nudge", g.move(free, by("x", dx, doc.width), by("y", dy, doc.height)), at);
  },
  grow: ({ free, change, model: { doc } }, { dx, dy, step, at }) => {
    const box = g.bounds(free);
    const by = (axis, n, pixels) => g.delta(box[axis] + box[g.SIZE[axis]], n, step, pixels);
    const min = g.leastBox(free);
    const to = g.resize(box, "se", by("x", dx, doc.width), by("y", dy, doc.height), { min });
    change("grow", g.scale(free, box, to), at);
  },
  add: ({ insert }, { rect = { x: 300_000, y: 300_000, w: 400_000, h: 400_000 }, fields }) => insert("add", [{ ...rect, ...fields }]),
  paste: ({ insert }, { regions }) => insert("paste", regions),
  duplicate: ({ insert, model }) => insert("duplicate", model.selected.map((r) => ({ ...g.duplicateOf(r), uid: "" }))),
  remove: ({ model, free, edit }) => edit("remove", model.doc.regions.filter((r) => !free.includes(r))),
  align: ({ free, change }, { how, to }) =>
    change("align", g.align(free, how, to === "canvas" ? { x: 0, y: 0, w: g.UNIT, h: g.UNIT } : g.bounds(free))),
  distribute: ({ free, change }, { axis, by }) => change("distribute", g.distribute(free, axis, by)),
  same: ({ model, free, change }, { what }) => change("same", g.sameSize(free, what, model.doc.regions[model.index(model.selection[0])])),
  swap: ({ free, change }) => free.length === 2 && change("swap", g.swap(...free)),
  tidy: ({ model, edit }) => edit("tidy", g.tidy(model.doc.regions).rects),
  raise: inOrder("raise"),
  lower: inOrder("lower"),
  front: inOrder("front"),
  back: inOrder("back"),
  reorder: ({ model, edit }, { from, to }) => edit("order", g.shift(model.doc.regions, from, to), { indexes: [from] }),
  mode: ({ model, set }, { mode = toggled(model.selected, "mode") ? 1 : 0 }) => set("mode", { mode }),
  lock: ({ model, set }, { locked = toggled(model.selected, "locked") }) => set("lock", { locked }),
  hide: ({ model, set }, { hidden = toggled(model.selected, "hidden") }) => set("hide", { hidden }),
  set: ({ set }, { field, value }) => set("set", { [field]: value }),
  picture: ({ model, name }, { field, value }) => model.edit(name("picture"), { ...model.doc, [field]: value }),
  preset: ({ model, name }, { regions, label }) =>
    model.replace({ ...model.doc, kind: 3, regions: regions.map((r) => region(r)) }, label ?? name("preset")),
};

/** Do a command; true if it changed something. Locked regions keep their place and are not removed. */
export function run(model, command, options = {}) {
  const { doc, selected, indexes } = model;
  const name = (verb, of = indexes) => stepName(verb, of);
  const edit = (verb, regions, { indexes: of, ...more } = {}) => {
    if (regions.length !== doc.regions.length || regions.some((r, i) => r !== doc.regions[i]))
      model.edit(name(verb, of), withRegions(doc, regions), more);
  };
  const put = (verb, old, next, more) => {
    const changed = (r) => next[old.indexOf(r)] ?? r;
    const same = next.every((r, i) => Object.keys(r).every((key) => r[key] === old[i][key]));
    if (!same) edit(verb, doc.regions.map(changed), more);
  };
  const free = selected.filter((r) => !r.locked);
  const insert = (verb, rows) => {
    const added = rows.slice(0, g.MAX_REGIONS - doc.regions.length).map((r) => region(r));
    const first = doc.regions.length;
    const more = { indexes: added.map((_, i) => first + i), selection: added.map((r) => r.id) };
    if (added.length) edit(verb, [...doc.regions, ...added], more);
  };
  const change = (verb, rects, at) => put(verb, free, rects, at === undefined ? {} : { join: verb + model.selection, at });
  const set = (verb, fields) => put(verb, selected, selected.map((r) => ({ ...r, ...fields })));
  const needsFree = ["nudge", "grow", "align", "same"].includes(command);
  if (!needsFree || free.length) COMMANDS[command]({ model, name, edit, free, insert, change, set }, options);
  return model.doc !== doc;
}
