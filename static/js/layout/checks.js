/** The checks of recorder/contract/layout_checks.py, rule by rule; a shared fixture keeps both alike. */
import { MAX_REGIONS, UNIT } from "./geometry.js";

const FIELDS = { x_axis: "x", y_axis: "y", width: "w", height: "h", render_mode: "mode", image_url: "image" };

export const isColor = (text) => /^#[0-9A-Fa-f]{6}$/.test(text);
export const isUid = (text) => /^[1-9]\d{0,9}$/.test(text) && Number(text) <= 0xffffffff;

/** An absolute http or https address with a host, without blanks. */
export function isUrl(text) {
  const [, host, port] = /^https?:\/\/(?:[^/?#[\]]*@)?([^/?#:@[\]]+|\[[^/?#@[\]]+\])(?::(\d*))?(?:[/?#]|$)/i.exec(text) ?? [];
  const fits = host && (!port || (port > 0 && port < 65536)) && !/[\s\x00-\x1f\x7f\x85\\<>"`{}|^]/.test(text);
  return Boolean(fits) && (host[0] !== "[" || URL.canParse(`http://${host}`));
}

const twice = (uids) => [...uids.keys()].filter((i) => uids[i] !== null && uids.indexOf(uids[i]) !== uids.lastIndexOf(uids[i]));

/** Everything wrong with a document; `words` are the sentences by rule. */
export function check(doc, words) {
  const found = [];
  const add = (rule, path, severity = "error", values = {}) =>
    found.push(problem({ rule: `layout.${rule}`, path, severity, values, message: sentence(words[`layout.${rule}`], values) }, doc));
  whole(doc, add);
  if (doc.kind === 3) {
    errorsOf(doc.regions, add);
    warningsOf(doc.regions, add);
    if (!found.some((p) => p.severity === "error")) picturesOf(doc, add);
  }
  return found;
}

/** Problems as the server sends them, in the same shape. */
export const fromServer = (problems, doc) => problems.map((each) => problem(each, doc));

/** Problems that say the same of several regions, as one group each; in their order. */
export function together(problems) {
  const groups = new Map();
  problems.forEach((problem, i) => {
    const { region, field, severity, message } = problem;
    const key = region === null ? i : [severity, field, message].join("\n");
    groups.set(key, [...(groups.get(key) ?? []), problem]);
  });
  return [...groups.values()];
}

/** Ascending numbers in short: "1–3, 7". */
export function runs(numbers) {
  const found = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}

/** A user's own image is edited with the region of that user, so what is wrong with it is shown there. */
function problem({ values = {}, severity = "error", ...rest }, doc) {
  const [list, at, name] = rest.path.split(".");
  const uid = list === "backgroundConfig" && doc.kind === 3 && doc.backgrounds[at]?.uid;
  const index = uid ? doc.regions.findIndex((r) => r.uid === uid) : list === "layoutConfig" && at ? Number(at) : -1;
  const region = index < 0 ? null : index;
  return { values, severity, ...rest, region, field: at ? (FIELDS[name] ?? name ?? "") : list };
}

const sentence = (text = "", values) =>
  Object.keys(values).length ? text.replace(/%(?:\((\w+)\)[ds]|%)/g, (_, name) => (name ? values[name] : "%")) : text;

function whole(doc, add) {
  if (![0, 1, 2, 3].includes(doc.kind)) add("kind", "mixedVideoLayout");
  if (!isColor(doc.color)) add("color", "backgroundColor");
  if (doc.image && !isUrl(doc.image)) add("url", "backgroundImage");
  if (doc.userImage && !isUrl(doc.userImage)) add("url", "defaultUserBackgroundImage");
  if (doc.maxUid && !isUid(doc.maxUid)) add("uid", "maxResolutionUid");
  if (doc.maxUid && [0, 1, 3].includes(doc.kind)) add("large_user", "maxResolutionUid", "warning");
  doc.backgrounds.forEach(({ uid, url, mode }, i) => {
    const at = `backgroundConfig.${i}`;
    if (!isUid(uid)) add("uid", `${at}.uid`);
    if (!isUrl(url)) add("url", `${at}.image_url`);
    if (mode !== 0 && mode !== 1) add("render_mode", `${at}.render_mode`);
  });
  for (const i of twice(doc.backgrounds.map((b) => b.uid))) add("duplicate_uid", `backgroundConfig.${i}.uid`);
  for (const side of ["width", "height"]) if (!(Number.isInteger(doc[side]) && doc[side] >= 1 && doc[side] <= 1920)) add("canvas", side);
  if (doc.width * doc.height > 1920 * 1080) add("canvas_area", "width");
}

function errorsOf(regions, add) {
  if (!regions.length) add("empty", "layoutConfig");
  if (regions.length > MAX_REGIONS) add("too_many", "layoutConfig");
  regions.forEach((r, i) => {
    const at = `layoutConfig.${i}`;
    for (const [start, length, name, size] of [[r.x, r.w, "x_axis", "width"], [r.y, r.h, "y_axis", "height"]]) {
      if (start < 0 || start > UNIT) add("outside", `${at}.${name}`);
      else if (length <= 0) add("empty_region", `${at}.${size}`);
      else if (start + length > UNIT) add("over_edge", `${at}.${size}`);
    }
    if (r.alpha < 0 || r.alpha > UNIT) add("alpha", `${at}.alpha`);
    if (r.mode !== 0 && r.mode !== 1) add("render_mode", `${at}.render_mode`);
    if (r.uid && !isUid(r.uid)) add("uid", `${at}.uid`);
  });
  for (const i of twice(regions.map((r) => r.uid || null))) add("duplicate_uid", `layoutConfig.${i}.uid`);
}

const percent = (part, of) => Math.floor((100 * part) / of);

/** What does not depend on pixels: opacity, overlap, bare canvas, mixed ways of filling. */
function warningsOf(regions, add) {
  const sound = regions.slice(0, MAX_REGIONS).filter((r) => r.w > 0 && r.h > 0);
  for (const r of sound) {
    const at = `layoutConfig.${regions.indexOf(r)}`;
    if (!r.alpha) add("invisible", `${at}.alpha`, "warning");
    const share = covered(r, sound.slice(sound.indexOf(r) + 1).filter((other) => other.alpha > 0));
    if (share === r.w * r.h) add("covered", at, "warning");
    else if (share) add("overlap", at, "warning", { percent: percent(share, r.w * r.h) || 1 });
  }
  const bare = UNIT * UNIT - covered({ x: 0, y: 0, w: UNIT, h: UNIT }, sound);
  if (regions.length && bare) add("bare", "layoutConfig", "warning", { percent: percent(bare, UNIT * UNIT) || 1 });
  if (new Set(regions.map((r) => !r.uid)).size > 1) add("mixed_filling", "layoutConfig", "warning");
}

/** The area of a rectangle that others cover, in square millionths; exact, so shared edges are no overlap. */
export function covered(r, others) {
  const cuts = others
    .map((o) => [Math.max(r.x, o.x), Math.max(r.y, o.y), Math.min(r.x + r.w, o.x + o.w), Math.min(r.y + r.h, o.y + o.h)])
    .filter(([left, top, right, bottom]) => left < right && top < bottom)
    .sort((a, b) => a[1] - b[1]);
  const xs = cuts.flatMap(([left, , right]) => [left, right]).sort((a, b) => a - b);
  let total = 0;
  for (let i = 1; i < xs.length; i++) {
    let reached = 0;
    for (const [left, top, right, bottom] of cuts) {
      if (left > xs[i - 1] || right < xs[i] || bottom <= reached) continue;
      total += (xs[i] - xs[i - 1]) * (bottom - Math.max(top, reached));
      reached = bottom;
    }
  }
  return total;
}

/** What depends on the output picture: size, cropping, the edge of the screen. */
function picturesOf({ regions, width, height }, add) {
  regions.forEach((r, i) => {
    const at = `layoutConfig.${i}`;
    const [w, h] = [Math.floor((r.w * width) / UNIT), Math.floor((r.h * height) / UNIT)];
    if (Math.min(w, h) < 120) add("small", at, "warning", { width: w, height: h });
    if (r.mode === 0 && w && h) {
      const [wide, upright] = [cropped(w, h, 16, 9), cropped(w, h, 9, 16)];
      if (Math.min(wide, upright) > 25) add("crop", `${at}.render_mode`, "warning", { percent: wide });
      else if (upright > 25) add("crop_portrait", `${at}.render_mode`, "info", { percent: upright });
    }
    const margin = UNIT / 20;
    const near = r.x < margin || r.y < margin || r.x + r.w > UNIT - margin || r.y + r.h > UNIT - margin;
    if (near && Math.max(r.w, r.h) < Math.floor(UNIT / 3)) add("unsafe_area", at, "info");
  });
}

/** How many percent of a source a:b are lost when it is cropped to fill w×h. */
export function cropped(w, h, a, b) {
  return 100 - percent(Math.min(w * b, h * a), Math.max(w * b, h * a));
}
