/** Saving, drafts, conflicts, and applying to a live session: nothing that was drawn is lost. */
import { openTemplate, closeDialog } from "../dialog.js";
import { $, all, out, put, say, word } from "./dom.js";
import { fromWire, toWire } from "./io.js";
import { thumbnail } from "./thumb.js";

const DRAFT = 2000; // ms
const DRAFTS = 4; // kept of one layout, the newest first
const PATIENCE = 20_000; // ms for an answer; an Apply waits for the service
const TONES = { saved: "done", in_force: "done", unsaved: "warn", saving: "busy", offline: "failed", refused: "failed" };

class Offline extends Error {}

export function startKeeping(ed) {
  const { data, model } = ed;
  const live = data.mode === "live";
  const keyOf = (name) => `layout-draft:${name}`;
  let key = keyOf(data.draft);
  const box = document.getElementById("dialog-content");
  const nameField = $('[data-view="name"]');
  let { seen } = data;
  let named = data.name;
  let state = "saved";
  let shown = null; // the document that the state was shown for
  let written = model.doc;
  let busy = false;

  ed.name = () => nameField?.value.trim() ?? data.live?.session.name ?? "";
  if (nameField) nameField.value = data.name;
  const tagsField = $('[data-view="tags"]');
  if (tagsField) tagsField.value = data.tags.join(", ");
  const tags = () => (tagsField?.value ?? "").split(",").map((tag) => tag.trim()).filter(Boolean);
  let tagged = String(data.tags);
  const dirty = () => model.dirty || (!live && (ed.name() !== named || String(tags()) !== tagged));
  const documentOf = (doc) => ({ ...toWire(doc), width: doc.width, height: doc.height });
  const read = ({ wire, document: { width, height } }) => fromWire(wire, { width, height }).doc;
  const small = (doc, label) => thumbnail(doc, ed.users(), data.tables, label);

  function show(next) {
    state = next;
    shown = model.doc;
    put($("[data-state]"), { class: `pill tone-${TONES[next]}` });
    out("state", word(live && next === "refused" ? "not_applied" : next));
  }

  const resting = () => (live ? "in_force" : seen === null ? "unsaved" : "saved");

  function tell() {
    tellWords();
    if (busy) return;
    if (!dirty()) return show(resting());
    // A refusal is told until something is changed, a lost connection until it is back.
    const told = state === "offline" || (state === "refused" && shown === model.doc);
    if (!told) show("unsaved");
  }
  const wordFields = Object.entries({ name: nameField, tags: tagsField }).filter(([, field]) => field);
  for (const [, field] of wordFields) {
    field.addEventListener("input", () => {
      shown = null; // a change of words answers a refusal, as one of the drawing does
      ed.refresh();
    });
  }
  function tellWords() {
    for (const [path, field] of wordFields) {
      put(field, { "aria-invalid": ed.problems.some((each) => each.path === path) ? "true" : null });
    }
  }

  // Drafts: in this browser, every two seconds while there is something to keep.
  const store = (work) => {
    try {
      return work(localStorage);
    } catch {
      return null; // full, or forbidden: the guard below still asks before leaving
    }
  };
  // A draft that was offered and not yet answered stays beside the one of this visit.
  let offered = [];
  const keepAll = (drafts) => store((place) => (drafts.length ? place.setItem(key, JSON.stringify(drafts.slice(0, DRAFTS))) : place.removeItem(key)));
  const dropDraft = () => keepAll(offered);
  function keepDraft() {
    if (!dirty()) return model.doc !== written && dropDraft();
    const said = { name: ed.name(), tags: String(tags()) };
    if (model.doc === written && said.name === named && said.tags === tagged) return;
    written = model.doc;
    keepAll([{ at: Date.now(), seen, ...said, document: documentOf(model.doc) }, ...offered]);
  }
  setInterval(keepDraft, DRAFT);
  addEventListener("pagehide", keepDraft);
  addEventListener("beforeunload", (event) => dirty() && event.preventDefault());

  const answerAt = (target) => target.closest("[data-answer]:not([aria-disabled])")?.dataset.answer;

  const unsay = (template) => $(`[data-note="${template}"]`)?.remove();

  ed.note = note;
  function note(template, values, actions) {
    const banner = document.getElementById(template).content.firstElementChild.cloneNode(true);
    banner.querySelector("[data-text]").textContent = values.message ?? word(template, values);
    banner.addEventListener("click", ({ target }) => {
      const name = answerAt(target);
      if (!name) return;
      if (banner.contains(document.activeElement)) ed.view.focus(model.selection.at(-1));
      banner.remove();
      actions[name]?.();
    });
    banner.dataset.note = template;
    unsay(template);
    $("[data-notes]").prepend(banner);
    return banner;
  }

  const readDraft = ({ document: { width, height, ...wire } }) => fromWire(wire, { width, height }).doc;
  const differs = (doc) => doc && JSON.stringify(documentOf(doc)) !== JSON.stringify(documentOf(model.doc));
  offered = (store((place) => JSON.parse(place.getItem(key))) ?? []).filter((draft) => differs(readDraft(draft)));
  const answered = (draft) => {
    offered = offered.filter((each) => each !== draft);
    dropDraft();
  };
  for (const draft of [...offered].reverse()) {
    const banner = note("editor-draft", { at: new Date(draft.at).toLocaleString() }, {
      recover() {
        answered(draft);
        ({ seen } = draft); // what was saved since shows as a conflict
        model.replace(readDraft(draft), word("recovered"));
        if (nameField && draft.name) nameField.value = draft.name;
        if (tagsField && draft.tags) tagsField.value = draft.tags;
        say(word("recovered"));
      },
      drop: () => answered(draft),
    });
    banner.dataset.note += draft.at; // each its own banner
  }

  async function send(url, body) {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token(), "HX-Request": "true" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    }).catch(() => {
      throw new Offline();
    });
    const json = answer.headers.get("Content-Type")?.includes("json");
    return { status: answer.status, ...(json ? await answer.json() : { message: word(answer.status === 401 ? "signed_out" : answer.status === 403 ? "stale" : "server", { status: answer.status }) }) };
  }
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? data.csrf;

  /** A lost connection leaves the draft, and the word Offline. */
  async function trying(work) {
    if (busy) return;
    busy = true;
    show("saving");
    unsay("editor-offline");
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Offline)) throw error;
      show("offline");
      written = null;
      keepDraft();
      note("editor-offline", {}, { again: () => ed.act(live ? "apply" : "save") });
      say(word("offline"));
    } finally {
      busy = false;
    }
  }

  function refuse(message, problems = []) {
    standing?.dispatchEvent(new CustomEvent("poll:now"));
    show("refused");
    ed.refused(problems);
    note("editor-refused", { message }, {});
    say(message);
    ed.toFirstError();
  }

  /** What is typed and is no number is not left out in silence. */
  function held() {
    const input = all("[data-f], [data-c]").find((each) => each.typed && each.offsetParent);
    if (!input) return false;
    input.focus();
    show("refused");
    return true;
  }

  const save = ({ copy = false } = {}) => held() || trying(async () => {
    const { doc } = model;
    if (!copy && ed.own.some((each) => each.severity === "error")) return refuse(word("not_saved"));
    const name = ed.name();
    const answer = await send(data.urls.save, { name, named, tags: tags(), seen, copy, document: documentOf(doc) });
    if (answer.status === 409) return conflict(answer);
    if (answer.status !== 200) return refuse(answer.message, answer.problems);
    ({ name: named, version: seen } = answer);
    tagged = String(answer.tags);
    if (nameField.value.trim() === name) nameField.value = answer.name;
    data.urls.save = answer.url;
    model.saved(doc);
    dropDraft();
    // A new layout, or a copy, has its drafts where its own page looks for them.
    if (key !== keyOf(`layout-${answer.id}`)) {
      key = keyOf(`layout-${answer.id}`);
      offered = [];
    }
    history.replaceState(null, "", answer.url);
    document.title = document.querySelector("h1").textContent = answer.name;
    $("[data-notes]").replaceChildren(...(offered.length ? all('[data-note^="editor-draft"]') : []));
    show(dirty() ? "unsaved" : "saved");
    say(answer.message);
  });

  /** A dialog whose buttons answer; a way to its places. */
  function dialog(template, actions) {
    openTemplate(template, document.activeElement);
    box.onclick = ({ target }) => {
      const name = answerAt(target);
      if (!name) return;
      closeDialog();
      actions[name]();
    };
    return (name) => box.querySelector(`[data-place="${name}"]`);
  }

  ed.dialog = dialog;

  function conflict({ conflict: theirs }) {
    show("unsaved");
    const doc = read(theirs);
    const place = dialog("editor-conflict", {
      mine: () => {
        seen = theirs.number;
        save();
      },
      theirs: () => {
        seen = theirs.number;
        model.replace(doc, word("took_theirs"));
        model.saved();
      },
      copy: () => save({ copy: true }),
    });
    place("message").textContent = word(theirs.by ? "saved_by" : "saved_meanwhile", { who: theirs.by, number: theirs.number });
    place("theirs").append(small(doc, word("theirs")));
    place("mine").append(small(model.doc, word("mine")));
  }

  // A live session: look at what changes, apply once, and go back.
  let { before } = data.live ?? {};
  let previous = data.live?.previous;
  const standing = document.getElementById("standing"); // the page asks every few seconds whether it can be changed
  const whyNot = () => standing.dataset.whyNot;
  const forbid = (button, why) => put(button, { "aria-disabled": why ? "true" : null, title: why || null });

  /** Where a change would be refused, the buttons say so before they are pressed. */
  function allow() {
    for (const button of all('[data-do="apply"], [data-answer="revert"]')) forbid(button, whyNot());
    const [why, apply] = box.querySelectorAll('[data-place="why"], [data-place="apply"]');
    if (!apply || !whyNot()) return;
    why.textContent = whyNot(); // it was compared before
    forbid(apply, whyNot());
  }

  const compare = () => held() || trying(async () => {
    if (whyNot()) return refuse(whyNot());
    const answer = await send(data.urls.compare, { document: documentOf(model.doc) });
    if (answer.status !== 200) return refuse(answer.message, answer.problems);
    before = answer.before;
    show(dirty() ? "unsaved" : "in_force");
    const why = answer.why_not || (answer.changes.length ? "" : word("no_change"));
    const place = dialog("editor-apply", { apply: () => apply(documentOf(model.doc), model.doc) });
    place("before").append(small(read(answer.now), word("before")));
    place("after").append(small(model.doc, word("after")));
    place("changes").append(...answer.changes.map((change) => Object.assign(document.createElement("li"), {
      textContent: word(change.reset ? "change_reset" : "change", change),
    })));
    place("why").textContent = [answer.other_shape, why].filter(Boolean).join(" ");
    forbid(place("apply"), why);
  });

  const apply = (document, doc) => trying(async () => {
    const answer = await send(data.urls.apply, { document, before, version: null });
    if (answer.before) before = answer.before;
    if (answer.outcome === "unknown") {
      show("unsaved");
      return note("editor-unknown", { message: answer.message }, {});
    }
    if (answer.conflict) return shownMeanwhile(answer);
    if (answer.outcome !== "accepted") return refuse(answer.message, answer.problems);
    previous = answer.previous;
    if (doc !== model.doc) model.replace(doc, word("revert"));
    model.saved(doc);
    show("in_force");
    say(answer.message);
    dropDraft();
    offerRevert(answer.message);
  });

  /** Another layout came into force since this one was begun: both are shown before either goes on. */
  function shownMeanwhile({ message, conflict: theirs }) {
    show("unsaved");
    const doc = read(theirs);
    const place = dialog("editor-shown", {
      mine: compare,
      theirs() {
        model.replace(doc, word("took_shown"));
        model.saved();
      },
    });
    place("message").textContent = message;
    place("theirs").append(small(doc, word("before")));
    place("mine").append(small(model.doc, word("mine")));
  }

  function offerRevert(message) {
    const banner = note("editor-applied", { message }, { revert: () => apply({ ...previous.wire, width: previous.document.width, height: previous.document.height }, read(previous)) });
    banner.querySelector("[data-answer]").hidden = !previous;
    allow();
  }
  if (live) {
    if (previous && !whyNot()) offerRevert(word("can_revert"));
    new MutationObserver(allow).observe(standing, { attributeFilter: ["data-why-not"] });
    allow();
  }

  /** What is drawn for a recording, kept in the library under the channel's name. */
  const keep = () => trying(async () => {
    const name = word("of_session", { name: ed.name() });
    const answer = await send(`${data.urls.gallery}new/`, { name, tags: [], seen: null, copy: true, document: documentOf(model.doc) });
    show(dirty() ? "unsaved" : "in_force");
    if (answer.status !== 200) return refuse(answer.message, answer.problems);
    note("editor-done", { message: answer.message }, {});
    say(answer.message);
  });

  Object.assign(ed.actions, { save: () => save(), "copy-layout": () => save({ copy: true }), apply: compare, keep });
  addEventListener("online", () => state === "offline" && ed.act(live ? "apply" : "save"));
  return { tell };
}
