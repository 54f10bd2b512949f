/**
 * Who stands where: the predefined layouts by the table the server makes of its contract, a custom
 * one by its regions, filled as the service fills them. `users` are uids in joining order.
 */
import { MAX_REGIONS, UNIT, clamp, round } from "./geometry.js";
import { region } from "./model.js";

const VERTICAL = 2;
const CUSTOM = 3;

/** [{region, uid, index}] in paint order; `uid` null: nobody is in it. */
export function place(doc, users, table) {
  const present = users.slice(0, MAX_REGIONS);
  if (doc.kind === CUSTOM) {
    const bound = new Set(doc.regions.map((r) => r.uid));
    const free = present.filter((uid) => !bound.has(uid));
    const taker = (r) => (r.uid ? present.find((uid) => uid === r.uid) : free.shift()) ?? null;
    return doc.regions.map((r, index) => ({ region: r, uid: taker(r), index }));
  }
  let inside = present;
  if (doc.kind === VERTICAL) {
    const large = doc.maxUid || present[0];
    inside = [present.includes(large) ? large : null, ...present.filter((uid) => uid !== large).slice(0, MAX_REGIONS - 1)];
  }
  const cells = stepFor(doc, inside.length, table)?.cells ?? []; // none of a kind that nobody knows
  return cells.slice(0, inside.length).map(([x, y, w, h, mode], index) => {
    return { region: { x, y, w, h, mode, alpha: UNIT, uid: "" }, uid: inside[index], index };
  });
}

const stepFor = (doc, count, { predefined }) => predefined[doc.kind]?.find((step) => count <= step.upTo);

/** Whether the geometry shown is derived, not documented. */
export function isDerived(doc, users, table) {
  if (doc.kind === CUSTOM) return false;
  const large = doc.kind === VERTICAL && !users.includes(doc.maxUid);
  return large || Boolean(stepFor(doc, Math.min(users.length, MAX_REGIONS), table)?.derived);
}

/** The regions in even output pixels; both edges are rounded, so that neighbours share theirs. */
export function boxes(doc, users, table) {
  const even = (at, pixels) => clamp(round(at * pixels, 2 * UNIT) * 2, 0, pixels - (pixels % 2));
  return place(doc, users, table).flatMap(({ region: r, uid, index }) => {
    const [x, right] = [r.x, r.x + r.w].map((at) => even(at, doc.width));
    const [y, bottom] = [r.y, r.y + r.h].map((at) => even(at, doc.height));
    const { alpha, mode } = r;
    return right > x && bottom > y ? [{ uid, x, y, width: right - x, height: bottom - y, alpha, mode, index }] : [];
  });
}

/** `n` users in joining order: who is known to be there, then whom a region or the large window waits for. */
export function sampleUsers(doc, n, present = []) {
  const waits = doc.kind === CUSTOM ? doc.regions.map((r) => r.uid) : [doc.kind === VERTICAL ? doc.maxUid : ""];
  const named = [...present, ...waits.filter((uid) => !present.includes(uid))];
  let next = 0;
  const fresh = () => {
    do next++; while (named.includes(String(next)));
    return String(next);
  };
  return Array.from({ length: n }, (_, i) => named[i] || fresh());
}

/** A predefined layout as a custom one with the regions it now has; the large one waits for its user. */
export function asCustom(doc, users, table) {
  const large = doc.kind === VERTICAL ? doc.maxUid : "";
  const regions = place(doc, users, table).map(({ region: r, index }) => region(r, { uid: index ? "" : large }));
  return { ...doc, kind: CUSTOM, maxUid: "", regions };
}
