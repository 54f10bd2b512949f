/** Who stands in the regions of the preview: drawn people, an own picture, or a camera that is off. */
import { isUrl } from "./checks.js";
import { word } from "./dom.js";
import { ratioOf } from "./geometry.js";

const LAST_FRAME = 3500; // ms that the service shows the last frame before the image
const SIZES = { landscape: [640, 360], portrait: [360, 640], screen: [640, 360], avatar: [360, 360], off: [640, 360] };

export function startSamples(ed) {
  const pictures = {};
  for (const { dataset, src } of document.getElementById("editor-pictures").content.querySelectorAll("img")) (pictures[dataset.kind] ??= []).push(src);
  const samples = new Map(); // region id -> {kind, off: when the camera went off, url, size}; never leaves this page

  ed.sample = (id) => samples.get(id) ?? { kind: "landscape" };
  ed.setSample = (id, fields) => {
    const next = { ...ed.sample(id), ...fields };
    samples.set(id, next);
    if (fields.off) setTimeout(ed.soon, LAST_FRAME + 50);
    ed.refresh();
  };
  ed.sizeOf = (region) => {
    const { kind, size } = ed.sample(region.id);
    return size && kind === "own" ? size : SIZES[kind];
  };

  /** The ratio that the selected region keeps, as w:h in millionths; undefined without one. */
  ed.keptRatio = () => {
    const [region, ...more] = ed.model.selected;
    if (!region?.ratio || more.length) return undefined;
    return ratioOf(region.ratio === "source" ? ed.sizeOf(region) : region.ratio, ed.model.doc);
  };

  /** The picture of one region: {href, mode, note}. `own` is the region of a custom layout, `uid` who is in it. */
  ed.pictureOf = (own, uid, index, mode) => {
    if (uid === null || !ed.show.pictures) return { href: null, note: "" };
    const { kind, off, url: local } = ed.sample(own?.id);
    const set = pictures[kind];
    const href = kind === "own" ? local : set[index % set.length];
    const size = own ? ed.sizeOf(own) : SIZES[kind];
    if (!off) return { href, mode, size };
    if (performance.now() - off < LAST_FRAME) return { href, mode, size, note: word("last_frame") };
    const { backgrounds, userImage } = ed.model.doc;
    const image = backgrounds.find((each) => each.uid === uid);
    const url = image?.url ?? userImage;
    if (!isUrl(url)) return { href, mode, size, note: word("frame_stays") };
    return { href: url, mode: image ? image.mode : 0, note: word("camera_off") };
  };
}
