/** JSON read with the place of every value, so that a fault has a line and a region its lines. */

/**
 * {value, text, spans: Map path -> {start, end}, unknown, rounded}; paths are dotted. Throws
 * {error: "syntax" | "number", at, path}. A number that is none in JavaScript (1e309) is a fault, as NaN is.
 */
export function scan(text) {
  const spans = new Map();
  let at = 0;
  const fault = (error, path = "") => {
    throw { error, at, path };
  };
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const skip = () => take(/[ \t\r\n]*/y);
  const expect = (pattern) => take(pattern) ?? fault("syntax");
  const string = () => JSON.parse(expect(/"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\x00-\x1f]*)*"/y));
  const several = (open, close, entry) => {
    const entries = [];
    expect(open);
    skip();
    if (take(close)) return entries;
    for (;;) {
      skip();
      entries.push(entry(entries.length));
      skip();
      if (take(close)) return entries;
      expect(/,/y);
    }
  };
  const value = (path, depth) => {
    if (depth > 40) fault("syntax", path);
    const inside = (key) => value(path ? `${path}.${key}` : String(key), depth + 1);
    skip();
    const start = at;
    let found;
    if (text[at] === "[") found = several(/\[/y, /]/y, inside);
    else if (text[at] === "{") {
      const pair = () => {
        const key = string();
        skip();
        expect(/:/y);
        return [key, inside(key)];
      };
      found = Object.fromEntries(several(/{/y, /}/y, pair));
    } else if (text[at] === '"') found = string();
    else {
      found = JSON.parse(expect(/(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.+-])/y));
      if (Math.abs(found) === Infinity) {
        at = start;
        fault("number", path);
      }
    }
    spans.set(path, { start, end: at });
    return found;
  };
  const all = value("", 0);
  skip();
  if (at < text.length) fault("syntax");
  return { value: all, text, spans, unknown: [], rounded: [] };
}

/** Line and column, from 1, of a place in a text. */
export function lineOf(text, at) {
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: before.at(-1).length + 1 };
}
