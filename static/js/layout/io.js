/** Layouts as text: the service's JSON, files, the clipboard. */
import { gettext } from "../words.js";
import { six } from "./fields.js";
import { UNIT } from "./geometry.js";
import { lineOf, scan } from "./json.js";
import { blank, region, same } from "./model.js";

const LARGEST = 1_000_000; // characters; a layout of 17 regions has three thousand
const MOST = 200; // entries read at all; the checks refuse what is over 17
const FORMAT = "reelroom-layout";

export const READ_WORDS = {
  large: gettext("This text is too large for a layout. Nothing was changed."),
  syntax: gettext("This is not JSON from here on. The picture stays as it is."),
  number: gettext("This number is too large. The picture stays as it is."),
  shape: gettext("There is no layout in this. The picture stays as it is."),
  value: gettext("This value is missing or of the wrong kind. The picture stays as it is."),
  many: gettext("These are far too many entries. The picture stays as it is."),
};

const LAYOUT = { kind: "mixedVideoLayout", color: "backgroundColor", maxUid: "maxResolutionUid", image: "backgroundImage", userImage: "defaultUserBackgroundImage" };
const START_ONLY = ["width", "height", "fps", "bitrate"];

const regionToWire = ({ uid, x, y, w, h, alpha, mode, extra }) => ({
  ...(uid && { uid }), x_axis: x / UNIT, y_axis: y / UNIT, width: w / UNIT, height: h / UNIT, alpha: alpha / UNIT, render_mode: mode, ...extra,
});

/** updateLayout's clientRequest, its keys in the order the server writes them; unknown ones last. */
export function toWire(doc) {
  const wire = {};
  for (const [field, key] of Object.entries(LAYOUT)) if (doc[field] !== "") wire[key] = doc[field];
  if (doc.kind === 3) wire.layoutConfig = doc.regions.map(regionToWire);
  if (doc.backgrounds.length)
    wire.backgroundConfig = doc.backgrounds.map(({ uid, url, mode, extra }) => ({ uid, image_url: url, render_mode: mode, ...extra }));
  for (const [key, value] of Object.entries(doc.extra)) if (!START_ONLY.includes(key)) wire[key] = value;
  return wire;
}

const pretty = (value) => JSON.stringify(value, null, 2);
export const toText = (doc) => pretty(toWire(doc));
export const shareFile = (doc, name) =>
  pretty({ format: FORMAT, version: 1, name, width: doc.width, height: doc.height, layout: toWire(doc) });

/** The part of a start request that sets the picture. What an imported one said of speed and bitrate stays. */
export function startFragment(doc, { fps = 15, bitrate = 1130 } = {}) {
  const { width, height, extra } = doc;
  const speed = { fps: extra.fps ?? fps, bitrate: extra.bitrate ?? bitrate };
  return pretty({ recordingConfig: { transcodingConfig: { width, height, ...speed, ...toWire(doc) } } });
}

export const updateBody = (doc) => pretty({ cname: "CHANNEL", uid: "RECORDER_UID", clientRequest: toWire(doc) });

/** The call for a shell; accounts and secrets stay variables. */
export function curl(doc) {
  const path = "v1/apps/$APP_ID/cloud_recording/resourceid/$RESOURCE_ID/sid/$SID/mode/mix/updateLayout";
  const body = updateBody(doc).replaceAll("'", "'\\''");
  return `curl -X POST "$BASE_URL/${path}" \\\n  -u "$CUSTOMER_ID:$CUSTOMER_SECRET" -H "Content-Type: application/json" \\\n  -d '${body}'`;
}

export const copyText = (regions) => pretty(regions.map(regionToWire));
export const pasteRegions = (text) => read(text, blank()).doc?.regions ?? null;
export const fromWire = (wire, size) => read(JSON.stringify(wire), { ...blank(size), kind: 0 });

/**
 * A layout from a start body, an updateLayout body, a bare array of regions, our own file or the
 * bare layout. What it does not say is the service's default; canvas, ids, locks and eyes are `base`'s.
 */
export function read(text, base) {
  const wrong = ({ error, at = 0, path = "" }) => ({ error, path, ...lineOf(text, at) });
  if (text.length > LARGEST) return { error: "large", path: "", line: 1, column: 1 };
  try {
    return understood(text, base);
  } catch (fault) {
    if (!fault.error) throw fault;
    return wrong(fault);
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function understood(text, base) {
  const { value, spans } = scan(text);
  const [unknown, rounded] = [[], []];
  const stop = (error, path) => {
    throw { error, path, at: spans.get(path)?.start ?? spans.get(path.replace(/\.?[^.]*$/, ""))?.start };
  };
  let [wire, at, source] = [value, "", "layout"];
  const enter = (key, name) => {
    if (isObject(wire[key])) [wire, at, source] = [wire[key], `${at}${key}.`, name];
  };
  if (Array.isArray(value)) [wire, source] = [{ mixedVideoLayout: 3, layoutConfig: value }, "array"];
  else if (!isObject(value)) stop("shape", "");
  else if (value.format === FORMAT) enter("layout", "file");
  else {
    enter("clientRequest", "updateLayout");
    enter("recordingConfig", "start");
    enter("transcodingConfig", "start");
  }
  // Paths as they stand in the text: a bare array has no name for its entries.
  const pathOf = (path) => (source === "array" ? path.replace("layoutConfig.", "") : at + path);
  const raw = (path) => text.slice(spans.get(pathOf(path)).start, spans.get(pathOf(path)).end);
  const note = (path, to) => rounded.push({ path: pathOf(path), from: raw(path), to });

  const reader = (object, prefix = "") => {
    const read = new Set();
    const get = (key) => read.add(key) && (object[key] ?? undefined);
    const fail = (key) => stop("value", pathOf(prefix + key));
    return {
      get,
      string(key, otherwise = "") {
        const found = get(key) ?? otherwise;
        if (Number.isSafeInteger(found) && /uid$/i.test(key)) {
          note(prefix + key, `"${found}"`);
          return String(found);
        }
        return typeof found === "string" ? found : fail(key);
      },
      integer(key, otherwise) {
        const found = get(key) ?? otherwise;
        return Number.isSafeInteger(found) ? found : fail(key);
      },
      millionths(key, otherwise) {
        const found = get(key) ?? otherwise;
        if (typeof found !== "number" || Math.abs(found) > 1000) fail(key);
        const nearest = Math.round(found * UNIT) || 0; // never minus nought
        if (Math.abs(found * UNIT - nearest) > 1e-6) note(prefix + key, six(nearest));
        return nearest;
      },
      list(key, each) {
        const found = get(key) ?? [];
        if (!Array.isArray(found)) fail(key);
        if (found.length > MOST) stop("many", pathOf(prefix + key));
        return found.map((entry, i) => (isObject(entry) ? each(reader(entry, `${prefix}${key}.${i}.`), i) : fail(`${key}.${i}`)));
      },
      extra() {
        const left = Object.entries(object).filter(([key]) => !read.has(key));
        for (const [key] of left) if (!START_ONLY.includes(key)) unknown.push(pathOf(prefix + key));
        return Object.fromEntries(left);
      },
    };
  };

  const picture = reader(wire);
  const size = source === "file" ? reader(value) : picture;
  const doc = { ...base, width: size.integer("width", base.width), height: size.integer("height", base.height) };
  doc.kind = picture.integer("mixedVideoLayout", 0);
  doc.color = picture.string("backgroundColor", "#000000");
  for (const field of ["maxUid", "image", "userImage"]) doc[field] = picture.string(LAYOUT[field]);
  const regions = picture.list("layoutConfig", (entry, i) => {
    const [x, y, w, h] = ["x_axis", "y_axis", "width", "height"].map((key) => entry.millionths(key));
    const fields = { uid: entry.string("uid"), alpha: entry.millionths("alpha", 1), mode: entry.integer("render_mode", 0), extra: entry.extra() };
    const { id, locked, hidden, ratio } = base.regions[i] ?? {};
    return { ...region({ x, y, w, h }, fields), ...(id && { id, locked, hidden, ratio }) };
  });
  if (wire.layoutConfig || doc.kind === 3) doc.regions = regions;
  doc.backgrounds = picture.list("backgroundConfig", (entry) => {
    const fields = { uid: entry.string("uid"), url: entry.string("image_url"), mode: entry.integer("render_mode", 0) };
    return { ...fields, extra: entry.extra() };
  });
  doc.extra = picture.extra();
  if (!Object.values(LAYOUT).concat("layoutConfig", "backgroundConfig").some((key) => key in wire)) stop("shape", "");
  const lines = (_, i) => {
    const { start, end } = spans.get(pathOf(`layoutConfig.${i}`));
    return { start, end, line: lineOf(text, start).line, endLine: lineOf(text, end).line };
  };
  const name = source === "file" && typeof value.name === "string" ? value.name : "";
  return { doc: same(doc, base) ? base : doc, name, source, unknown, rounded, regions: (wire.layoutConfig ?? []).map(lines) };
}

/** The region whose lines hold this one, or -1. */
export const regionAt = (regions, line) => regions.findIndex((r) => r.line <= line && line <= r.endLine);
