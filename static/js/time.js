/** Relative times and durations, the same words as dashboard/times.py. Pure. */
import { fill, gettext } from "./words.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** "4 min ago", "in 30 s"; null beyond a day, where the absolute time stays. `seconds` > 0 is the past. */
export function relative(seconds) {
  const distance = Math.abs(seconds);
  if (distance >= DAY) return null;
  if (distance < 5) return gettext("just now");
  const past = seconds > 0;
  if (distance < MINUTE) {
    return fill(past ? gettext("%(count)s s ago") : gettext("in %(count)s s"), {
      count: Math.floor(distance),
    });
  }
  if (distance < HOUR) {
    return fill(past ? gettext("%(count)s min ago") : gettext("in %(count)s min"), {
      count: Math.floor(distance / MINUTE),
    });
  }
  return fill(past ? gettext("%(count)s h ago") : gettext("in %(count)s h"), {
    count: Math.floor(distance / HOUR),
  });
}

/** "1:42:08", under an hour "3:12"; never negative. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / HOUR);
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  return hours
    ? `${hours}:${two(minutes)}:${two(whole % MINUTE)}`
    : `${minutes}:${two(whole % MINUTE)}`;
}
