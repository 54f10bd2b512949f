/** Numbers that look random and are the same in every run (mulberry32). */
export function seeded(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (low, high) => low + Math.floor(next() * (high - low + 1));
  return { int, pick: (list) => list[int(0, list.length - 1)], chance: (p) => next() < p };
}

/** A rectangle on the canvas, to the millionth, at least 1 % each way. */
export function anyRect({ int }) {
  const [w, h] = [int(10_000, 1_000_000), int(10_000, 1_000_000)];
  return { x: int(0, 1_000_000 - w), y: int(0, 1_000_000 - h), w, h };
}
