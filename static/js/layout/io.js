/** Layouts as text: the service's JSON, files, the clipboard. */
import { gettext } from "../words.js";
import { six } from "./fields.js";
import { UNIT } from "./geometry.js";
import { lineOf, scan } from "./json.js";
import { blank, region, same } from "./model.js";
import { Reader, isObject, stop } from "./reader.js";

const LARGEST = 1_000_000; // characters; a layout of 17 regions has three thousand
const FORMAT = "reelroom-layout";

export const READ_WORDS = {
  large: gettext("This text is too large for a layout. Nothing was changed."),
  syntax: gettext("This is not JSON from here on. The picture stays as it is."),
  number: gettext("This number is too large. The picture stays as it is."),
  shape: gettext("There is no layout in this. The picture stays as it is."),
  value: gettext("This value is missing or of the wrong kind. The picture stays as it is."),
  many: gettext("These are far too many entries. The picture stays as it is."),
};

const LAYOUT = {
  kind: "mixedVideoLayout",
  color: "backgroundColor",
  maxUid: "maxResolutionUid",
  image: "backgroundImage",
  userImage: "defaultUserBackgroundImage",
};
const START_ONLY = ["width", "height", "fps", "bitrate"];

const regionToWire = ({ uid, x, y, w, h, alpha, mode, extra }) => ({
  ...(uid && { uid }),
  ...{ x_axis: x / UNIT, y_axis: y / UNIT, width: w / UNIT, height: h / UNIT },
  ...{ alpha: alpha / UNIT, render_mode: mode },
  ...extra,
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
  if (text.length > LARGEST) return { error: "large", path: "", line: 1, column: 1 };
  try {
    return understood(scan(text), base);
  } catch (fault) {
    if (!fault.error) throw fault;
    const { error, path, at } = fault;
    return { error, path, ...lineOf(text, at) };
  }
}

function understood(json, base) {
  const { value, spans } = json;
  const { wire, at, source } = pictureIn(json);
  const unasked = (path, key) => !START_ONLY.includes(key) && json.unknown.push(path);
  const picture = new Reader(wire, at, json, unasked);
  const size = source === "file" ? new Reader(value, "", json) : picture;
  const doc = { ...base, width: size.integer("width", base.width), height: size.integer("height", base.height) };
  doc.kind = picture.integer("mixedVideoLayout", 0);
  doc.color = picture.string("backgroundColor", "#000000");
  for (const field of ["maxUid", "image", "userImage"]) doc[field] = picture.string(LAYOUT[field]);
  const path = source === "array" ? "" : `${at}layoutConfig.`;
  const regions = picture.list("layoutConfig", path, (entry, i) => {
    const [x, y, w, h] = ["x_axis", "y_axis", "width", "height"].map((key) => entry.millionths(key));
    const fields = { uid: entry.string("uid"), alpha: entry.millionths("alpha", 1), mode: entry.integer("render_mode", 0) };
    const { id, locked, hidden, ratio } = base.regions[i] ?? {};
    return { ...region({ x, y, w, h }, { ...fields, extra: entry.extra() }), ...(id && { id, locked, hidden, ratio }) };
  });
  if (wire.layoutConfig || doc.kind === 3) doc.regions = regions;
  doc.backgrounds = picture.list("backgroundConfig", `${at}backgroundConfig.`, (entry) => {
    const fields = { uid: entry.string("uid"), url: entry.string("image_url"), mode: entry.integer("render_mode", 0) };
    return { ...fields, extra: entry.extra() };
  });
  doc.extra = picture.extra();
  const name = source === "file" ? new Reader(value, "", json).string("name") : "";
  const lines = regions.map((_, i) => {
    const { start, end } = spans.get(`${path}${i}`);
    return { start, end, line: lineOf(json.text, start).line, endLine: lineOf(json.text, end).line };
  });
  const { unknown, rounded } = json;
  return { doc: same(doc, base) ? base : doc, name, source, unknown, rounded, regions: lines };
}

/** Where in a text the layout stands: {wire, at: the path before its keys, source}. */
function pictureIn(json) {
  let [wire, at, source] = [json.value, "", "layout"];
  const enter = (key, name) => {
    if (isObject(wire[key])) [wire, at, source] = [wire[key], `${at}${key}.`, name];
  };
  if (Array.isArray(wire)) return { wire: { mixedVideoLayout: 3, layoutConfig: wire }, at, source: "array" };
  if (!isObject(wire)) stop(json, "shape", "");
  if (wire.format === FORMAT) enter("layout", "file");
  else {
    enter("clientRequest", "updateLayout");
    enter("recordingConfig", "start");
    enter("transcodingConfig", "start");
  }
  if (![...Object.values(LAYOUT), "layoutConfig", "backgroundConfig"].some((key) => key in wire)) stop(json, "shape", "");
  return { wire, at, source };
}

/** The region whose lines hold this one, or -1. */
export const regionAt = (regions, line) => regions.findIndex((r) => r.line <= line && line <= r.endLine);
