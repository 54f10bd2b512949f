/**
 * Which names fit what was typed, best first: at the start of the name, at the start of a word, inside.
 * Pure.
 *
 * @param {string} typed
 * @param {string[]} names
 * @returns {number[]} indexes into `names`
 */
export function match(typed, names) {
  const wanted = typed.trim().toLocaleLowerCase();
  const rank = (name) => {
    const at = name.toLocaleLowerCase().indexOf(wanted);
    if (at <= 0) return at === 0 ? 0 : 3;
    return /[\s/·-]/.test(name[at - 1]) ? 1 : 2;
  };
  return names
    .map((name, index) => ({ index, rank: rank(name) }))
    .filter((each) => each.rank < 3)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map((each) => each.index);
}
