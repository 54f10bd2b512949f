/** Rulers in percent and output pixels, column grid and title-safe lines. */
import { draw } from "./dom.js";

const STEPS = [1, 2, 5, 10, 25, 50]; // percent between two numbers
const ROOM = 76; // px that a number needs; the last one stands before its tick and needs twice that
const SAFE = [0.05, 0.1];

/** The lines over the canvas as one path. */
export function gridPath({ w, h }, { grid, safe }) {
  const columns = Array.from({ length: Math.max(0, grid - 1) }, (_, i) => `M${((i + 1) * w) / grid} 0v${h}`);
  const frames = (safe ? SAFE : []).map((part) => {
    const [width, height] = [w * (1 - 2 * part), h * (1 - 2 * part)];
    return `M${w * part} ${h * part}h${width}v${height}h${-width}z`;
  });
  return [...columns, ...frames].join("");
}

/** The nodes of both rulers, `bar` px wide; none without. */
export function rulers(view, { width, height }, bar) {
  if (!bar) return [];
  const ground = `M0 0H${view.width}V${bar}H${bar}V${view.height}H0z`;
  return [
    draw("path", { class: "rulers__ground", d: ground }),
    ...ruler(view.x, view.w, width, bar, true),
    ...ruler(view.y, view.h, height, bar, false),
    draw("rect", { class: "rulers__ground", width: bar, height: bar }),
  ];
}

function ruler(start, length, pixels, bar, across) {
  const step = STEPS.find((each) => (length * each) / 100 >= ROOM) ?? 50;
  const numbers = [];
  let ticks = "";
  for (let i = 0; (i * step) / 5 <= 100; i++) {
    const at = (i * step) / 5;
    const place = start + (length * at) / 100;
    const long = i % 5 === 0;
    if (place < bar) continue;
    ticks += `${across ? `M${place} ${bar}v` : `M${bar} ${place}h`}${long ? -9 : -4}`;
    const last = at === 100; // its number stays on the canvas
    if (!long || (last && (length * step) / 100 < 1.8 * ROOM)) continue;
    const spot = place + (last ? -4 : 4);
    numbers.push(draw("text", { "text-anchor": across === last ? "end" : null, ...(across ? { x: spot, y: 10 } : { transform: `translate(10 ${spot}) rotate(-90)` }) },
      `${at} %`, draw("tspan", { class: "rulers__px", dx: 4 }, `${Math.round((at * pixels) / 100)}`)));
  }
  return [draw("path", { class: "rulers__ticks", d: ticks }), ...numbers];
}
