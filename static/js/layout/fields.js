/** Lengths as people type and read them. */
import { gettext } from "../words.js";
import { UNIT } from "./geometry.js";

export const FIELD_WORDS = {
  empty: gettext("Type a number."),
  comma: gettext("Write a point, not a comma: 0.5"),
  number: gettext("This is no number. Write 0.25, 25%, 1/4 or 320px."),
  range: gettext("A length lies between 0 and 1, or 0 % and 100 %."),
};

/** A length typed as "0.333333", "50%", "1/3" or "640px" (of `pixels`), exact and then rounded to millionths. */
export function parse(text, pixels) {
  const plain = text.normalize("NFKC").trim();
  if (!plain) return { error: "empty" };
  const parts = /^(-?)(\d{0,15})(?:\.(\d{0,15}))?\s*(?:\/\s*(\d{1,15})|(%|px))?$/.exec(plain);
  const [, minus, whole, decimals = "", under, unit] = parts ?? [];
  const bottom = BigInt(under ?? { "%": 100, px: Number.isInteger(pixels) ? pixels : 0 }[unit] ?? 1) * 10n ** BigInt(decimals.length);
  if (!parts || !(whole + decimals) || !bottom) return { error: /^-?\d*,\d/.test(plain) ? "comma" : "number" };
  const top = BigInt(whole + decimals) * BigInt(UNIT);
  if (top > bottom * BigInt(UNIT) || (minus && top)) return { error: "range" };
  const value = (2n * top + bottom) / (2n * bottom);
  return { value: Number(value), ...(value * bottom !== top && { rounded: true }) };
}

export const six = (value) => (value / UNIT).toFixed(6);

/** A length as the text of a field; `parse` reads back what it says. */
export function show(value, unit, pixels) {
  if (unit === "fraction") return six(value);
  return unit === "percent" ? `${value / 10_000}%` : `${Number(((value * pixels) / UNIT).toFixed(3))}px`;
}
