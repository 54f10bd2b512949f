/**
 * What to show of a new list while somebody points at the old one. Pure.
 *
 * @param {string[]} shown ids of the rows on the page, in order
 * @param {string[]} next ids of the rows the server sent, in order
 * @returns {{order: string[], changes: number}} the rows to keep showing, in their old places, and how
 *   many rows would appear, vanish or move
 */
export function settle(shown, next) {
  const added = next.filter((id) => !shown.includes(id)).length;
  const removed = shown.filter((id) => !next.includes(id)).length;
  const stayed = shown.filter((id) => next.includes(id));
  const moved = stayed.length - longestRise(stayed.map((id) => next.indexOf(id)));
  return { order: shown, changes: added + removed + moved };
}

/** Length of the longest rising subsequence: the rows that need not move. */
function longestRise(numbers) {
  const ends = [];
  for (const number of numbers) {
    const place = ends.findIndex((end) => end >= number);
    ends[place < 0 ? ends.length : place] = number;
  }
  return ends.length;
}
