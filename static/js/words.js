/**
 * Translation for modules. Django's JavaScript catalogue, when a page links it, sets globalThis.django;
 * without it the English sentences in the code are shown. Longer texts stand in <template>s of base.html.
 */
export const gettext = (sentence) => globalThis.django?.gettext?.(sentence) ?? sentence;

/** Fill named places: fill("%(count)s min ago", {count: 4}). */
export const fill = (sentence, values) =>
  sentence.replace(/%\((\w+)\)s/g, (place, name) => String(values[name] ?? place));
