/** What the player's keys do. Pure: a key and the player's state to the change. Seconds. */
const STEP = 5;
const JUMP = 10;
const FRAME = 1 / 15; // the service's usual rate; a step is never smaller than one picture of it

/**
 * @param {string} key KeyboardEvent.key
 * @param {{time: number, duration: number, paused: boolean, rate: number}} state
 * @returns {{time?: number, paused?: boolean} | null} null: not a key of the player
 */
export function press(key, { time, duration, paused }) {
  const at = (seconds) => ({ time: Math.min(Math.max(0, seconds), end(duration)) });
  const changes = {
    k: { paused: !paused },
    " ": { paused: !paused },
    j: at(time - JUMP),
    l: at(time + JUMP),
    ArrowLeft: at(time - STEP),
    ArrowRight: at(time + STEP),
    Home: at(0),
    "<": { ...at(time - FRAME), paused: true },
    ",": { ...at(time - FRAME), paused: true },
    ">": { ...at(time + FRAME), paused: true },
    ".": { ...at(time + FRAME), paused: true },
  };
  return changes[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

const end = (duration) => (Number.isFinite(duration) ? duration : Infinity);

/** Seconds named by a link ("?t=83.5"), or 0. */
export function linkedTime(search) {
  const seconds = Number(new URLSearchParams(search).get("t"));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}
