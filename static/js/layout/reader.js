/** Taking what we know out of JSON that somebody else wrote. `json` is what scan() of json.js gives. */
import { six } from "./fields.js";
import { UNIT } from "./geometry.js";

const MOST = 200; // entries of a list read at all; the checks refuse what is over 17

export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Give up at a place of the text, or at the object that lacks it. */
export function stop({ spans }, error, path) {
  const { start } = spans.get(path) ?? spans.get(path.replace(/\.?[^.]*$/, ""));
  throw { error, path, at: start };
}

/**
 * Takes the keys of an object by their kind; null is absent. What is rounded on the way is listed in
 * `json.rounded`; `extra` is what nobody asked for, each named to `unasked`.
 */
export class Reader {
  #asked = new Set();

  constructor(object, at, json, unasked = (path) => json.unknown.push(path)) {
    Object.assign(this, { object, at, json, unasked });
  }
  get(key, otherwise) {
    this.#asked.add(key);
    return this.object[key] ?? otherwise;
  }
  fail(key, error = "value") {
    stop(this.json, error, this.at + key);
  }
  #rounded(key, to) {
    const { text, spans, rounded } = this.json;
    const { start, end } = spans.get(this.at + key);
    rounded.push({ path: this.at + key, from: text.slice(start, end), to });
  }
  string(key, otherwise = "") {
    const found = this.get(key, otherwise);
    if (typeof found === "string") return found;
    if (!Number.isSafeInteger(found) || !/uid$/i.test(key)) this.fail(key);
    this.#rounded(key, `"${found}"`);
    return String(found);
  }
  integer(key, otherwise) {
    const found = this.get(key, otherwise);
    return Number.isSafeInteger(found) ? found : this.fail(key);
  }
  millionths(key, otherwise) {
    const found = this.get(key, otherwise);
    if (typeof found !== "number" || Math.abs(found) > 1000) this.fail(key);
    const nearest = Math.round(found * UNIT) || 0; // never minus nought
    if (Math.abs(found * UNIT - nearest) > 1e-6) this.#rounded(key, six(nearest));
    return nearest;
  }
  /** Each entry of a list of objects, whose paths begin with `path`. */
  list(key, path, each) {
    const entries = this.get(key, []);
    if (!Array.isArray(entries)) this.fail(key);
    if (entries.length > MOST) this.fail(path && key, "many");
    return entries.map((entry, i) => {
      if (!isObject(entry)) stop(this.json, "value", `${path}${i}`);
      return each(new Reader(entry, `${path}${i}.`, this.json), i);
    });
  }
  extra() {
    const left = Object.entries(this.object).filter(([key]) => !this.#asked.has(key));
    for (const [key] of left) this.unasked(this.at + key, key);
    return Object.fromEntries(left);
  }
}
