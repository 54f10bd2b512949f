/** The numbers of the selection and of the canvas, kept up to date both ways. */
import { $, all, out, put, say, word } from "./dom.js";
import { isColor } from "./checks.js";
import { FIELD_WORDS, parse, show, six } from "./fields.js";
import { round } from "./geometry.js";
import { withRegions } from "./model.js";

const PLACES = { x: "width", w: "width", y: "height", h: "height" }; // which side of the canvas measures it
const RATIOS = { "16:9": [1280, 720], "9:16": [720, 1280], "4:3": [960, 720], "1:1": [720, 720] };

export function startInspector(ed) {
  const { model } = ed;
  const fields = all("[data-f]");
  const canvasFields = all("[data-c]");
  for (const input of [...fields, ...canvasFields]) input.empty = input.placeholder;
  const error = (place, text) => {
    const node = put($(place), { textContent: text, hidden: !text });
    // Below the first field that is wrong.
    node.closest(".inspector__pane").querySelector("[aria-invalid]")?.closest(".inspector__numbers, .inspector__line, .field").after(node);
  };
  const pixels = (field) => model.doc[PLACES[field]];

  /** One value if all have it, else undefined. */
  const shared = (of) => {
    const values = new Set(model.selected.map(of));
    return values.size === 1 ? [...values][0] : undefined;
  };
  const imageOf = (region) => model.doc.backgrounds.find((each) => region.uid && each.uid === region.uid)?.url ?? "";
  const READ = {
    image: imageOf,
    render_mode: (region) => region.mode,
    sample: (region) => ed.sample(region.id).kind,
    cameraOff: (region) => Boolean(ed.sample(region.id).off),
    own: () => "",
  };

  function fill(input, value, text = value) {
    if (input === document.activeElement && input.typed) return;
    input.typed = false;
    if (input.type === "radio") input.checked = String(value) === input.value;
    else if (input.type === "checkbox") {
      input.checked = Boolean(value);
      input.indeterminate = value === undefined;
    } else if (input.type === "file") input.value = "";
    else {
      input.value = value === undefined ? "" : text;
      if (input.type === "text" || input.type === "url") input.placeholder = value === undefined ? word("mixed") : input.empty;
    }
    input.removeAttribute("aria-invalid");
  }

  /** The four numbers; also while something is dragged. */
  function numbers() {
    if (!model.selection.length) return;
    for (const input of fields) {
      const { f } = input.dataset;
      if (!PLACES[f]) continue;
      const value = shared((region) => region[f]);
      fill(input, value, value === undefined ? "" : show(value, ed.show.unit, pixels(f)));
      put($(`[data-exact="${f}"]`), { textContent: value === undefined || ed.show.unit === "fraction" ? "" : six(value) });
    }
  }

  function tell() {
    const { selected, indexes, doc } = model;
    const some = selected.length > 0 && doc.kind === 3;
    $("[data-some]").hidden = !some;
    $("[data-none]").hidden = some;
    out("selected", !some ? word("region") : some && selected.length > 1 ? word("many", { count: selected.length }) : word("region_number", { number: indexes[0] + 1 }));
    if (some) {
      numbers();
      for (const input of fields) {
        const { f, text } = input.dataset;
        if (PLACES[f]) continue;
        const value = shared(READ[f] ?? ((region) => region[f]));
        fill(input, value, f === "alpha" && text !== undefined && value !== undefined ? `${value / 1e6}` : value);
        if (f === "image") input.disabled = !selected.every((region) => region.uid);
        if (f === "sample") input.querySelector('[value="own"]').hidden = value !== "own";
      }
      const wrong = ed.problems.filter((each) => each.severity === "error" && indexes.includes(each.region));
      for (const input of fields) {
        if (wrong.some(({ field }) => (field === "mode" ? "render_mode" : field) === input.dataset.f)) input.setAttribute("aria-invalid", "true");
      }
      error("[data-field-error]", [...new Set(wrong.map((each) => each.message))].join(" "));
    }
    canvas();
  }

  /** Change one field of all that are selected. */
  function set(field, value) {
    ed.run("set", { field, value });
  }

  function setImage(url) {
    const uids = model.selected.map((region) => region.uid);
    const others = model.doc.backgrounds.filter((each) => !uids.includes(each.uid));
    const old = (uid) => model.doc.backgrounds.find((each) => each.uid === uid) ?? { uid, mode: 0, extra: {} };
    ed.run("picture", { field: "backgrounds", value: url ? [...others, ...uids.map((uid) => ({ ...old(uid), url }))] : others });
  }

  const WRITE = {
    image: (input) => setImage(input.value.trim()),
    uid: (input) => set("uid", input.value.trim()),
    ratio: (input) => set("ratio", input.value),
    render_mode: (input) => ed.run("mode", { mode: Number(input.value) }),
    sample: (input) => each({ kind: input.value }),
    cameraOff: (input) => each({ off: input.checked ? performance.now() : 0 }),
    own: ownPicture,
  };
  const each = (values) => model.selected.forEach((region) => ed.setSample(region.id, values));

  async function ownPicture(input) {
    const [file] = input.files;
    if (!file) return;
    const picture = new Image();
    picture.src = URL.createObjectURL(file);
    try {
      await picture.decode();
      each({ kind: "own", url: picture.src, size: [picture.naturalWidth, picture.naturalHeight] });
    } catch {
      error("[data-field-error]", word("no_picture"));
    }
  }

  function changed(input) {
    const { f } = input.dataset;
    input.typed = false;
    if (input.type === "range") return model.commit();
    if (WRITE[f]) return WRITE[f](input);
    // A bare number is of the unit that the field shows.
    const unit = (PLACES[f] && /^\s*[\d.]+\s*$/.test(input.value) && { percent: "%", pixels: "px" }[ed.show.unit]) || "";
    const read = parse(input.value + unit, pixels(f) ?? 1);
    if (read.error) {
      input.typed = true;
      input.setAttribute("aria-invalid", "true");
      return error("[data-field-error]", FIELD_WORDS[read.error]);
    }
    error("[data-field-error]", "");
    const other = { w: "h", h: "w" }[f];
    const ratio = other && ed.keptRatio();
    if (f === "h") ratio?.reverse();
    ed.run("set", { field: f, value: read.value, also: ratio && { [other]: round(read.value * ratio[1], ratio[0]) } });
    fill(input, read.value, PLACES[f] ? show(read.value, ed.show.unit, pixels(f)) : `${read.value / 1e6}`);
    if (read.rounded) say(word("rounded", { value: six(read.value) }));
  }

  /** While a slider or a colour is moved: one step in the end. */
  function sliding(name, next) {
    if (!model.active) model.begin(name);
    model.update(next);
  }

  const box = $("[data-inspector]");
  box.addEventListener("input", ({ target }) => {
    target.typed = true;
    if (target.type === "range" && target.dataset.f) {
      const alpha = Number(target.value);
      sliding(ed.step("set", model.selected), withRegions(model.doc, model.doc.regions.map((region) => (model.selection.includes(region.id) ? { ...region, alpha } : region))));
    } else if (target.type === "color") sliding(word("colour"), { ...model.doc, color: target.value });
  });
  box.addEventListener("change", ({ target }) => {
    if (target.dataset.f) changed(target);
    else if (target.dataset.c) picture(target);
  });
  box.addEventListener("keydown", (event) => {
    const { target } = event;
    if (event.key === "Enter" && target.dataset.f && target.type !== "file") changed(target);
    else if (event.key === "Escape") target.typed = false;
  });

  const shape = ({ width, height }) => Object.keys(RATIOS).find((name) => RATIOS[name][0] * height === RATIOS[name][1] * width) ?? "";

  function canvas() {
    const { doc } = model;
    const values = { kind: doc.kind, max_resolution_uid: doc.maxUid, ratio: shape(doc), width: doc.width, height: doc.height, background_color: doc.color, background_image: doc.image, default_user_background_image: doc.userImage };
    for (const input of canvasFields) {
      if (input.type === "color" && !isColor(doc.color)) continue;
      fill(input, input.type === "color" ? doc.color.toLowerCase() : values[input.dataset.c]);
    }
    const found = ed.problems.filter((each) => each.severity === "error" && each.region === null);
    for (const input of canvasFields) {
      const own = found.some((each) => each.path.toLowerCase().replaceAll("_", "") === input.dataset.c.replaceAll("_", ""));
      if (own) input.setAttribute("aria-invalid", "true");
    }
    error("[data-canvas-error]", found.filter((each) => !["layoutConfig", "name"].includes(each.path)).map((each) => each.message).join(" "));
  }

  const NAMES = { max_resolution_uid: "maxUid", background_color: "color", background_image: "image", default_user_background_image: "userImage" };
  function picture(input) {
    const { c } = input.dataset;
    const { doc } = model;
    input.typed = false;
    if (input.type === "color") return model.commit();
    if (c === "ratio") {
      const size = RATIOS[input.value];
      if (size) model.edit(word("shape"), { ...doc, width: size[0], height: size[1] });
      return;
    }
    const number = c === "kind" || c === "width" || c === "height";
    if (number && !/^\d{1,5}$/.test(input.value.trim())) {
      input.typed = true;
      input.setAttribute("aria-invalid", "true");
      return error("[data-canvas-error]", word("whole_number"));
    }
    ed.run("picture", { field: NAMES[c] ?? c, value: number ? Number(input.value) : input.value.trim() });
  }

  return { tell, numbers };
}
