/** The list of regions in paint order, the checks, and the steps that can be gone back to. */
import { runs, together } from "./checks.js";
import { $, out, put, say, word } from "./dom.js";

export function startList(ed) {
  const { model } = ed;
  const list = $("[data-list]");
  const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

  function tell() {
    const { doc, selection } = model;
    while (list.children.length < doc.regions.length) list.append(copy("editor-row"));
    while (list.children.length > doc.regions.length) list.lastElementChild.remove();
    doc.regions.forEach((region, index) => {
      const row = list.children[index];
      const find = (name) => row.querySelector(`[data-row="${name}"]`);
      const problem = ed.problems.find((each) => each.region === index && each.severity !== "info");
      row.dataset.id = region.id;
      put(row, { class: `region-list__row${selection.includes(region.id) ? " is-selected" : ""}` });
      put(find("pick"), { "aria-pressed": String(selection.includes(region.id)) });
      put(find("number"), { textContent: `${index + 1}` });
      put(find("picture"), { src: ed.pictureOf(region, "", index, 0).href });
      put(find("who"), { textContent: ed.view.label(index) });
      put(find("size"), { textContent: `${Math.round((region.w * doc.width) / 1e6)} × ${Math.round((region.h * doc.height) / 1e6)}` });
      put(find("problem"), { hidden: !problem, class: `region-list__mark tone-${problem?.severity === "error" ? "live" : "warn"}`, title: problem?.message ?? null });
      put(find("problem-text"), { textContent: problem?.message ?? "" });
      for (const [name, on] of [["lock", region.locked], ["hide", region.hidden]]) {
        put(find(name), { "aria-pressed": String(on), "aria-label": word(`${name}_number`, { number: index + 1 }) });
      }
    });
    out("count", word("of_most", { count: doc.regions.length }));
    checks();
    steps();
  }

  function checks() {
    const groups = together(ed.problems);
    const rows = groups.map((same) => {
      const [problem] = same;
      const row = copy("editor-problem");
      row.className = `tone-${{ error: "live", warning: "warn" }[problem.severity] ?? "idle"}`;
      row.querySelector("[data-kind]").textContent = `${word(problem.severity)}:`;
      const link = row.querySelector("button");
      link.textContent = `${whose(same)}${problem.message}`;
      link.addEventListener("click", () => goTo(problem));
      return row;
    });
    $("[data-found]").replaceChildren(...rows);
    const counts = ["error", "warning", "info"].map((severity) => {
      const count = groups.filter(([each]) => each.severity === severity).length;
      return count && word(`${severity}_count`, { count });
    });
    out("checks", counts.filter(Boolean).join(", ") || word("all_well"));
  }

  function whose(same) {
    if (same[0].region === null) return "";
    if (same.length === 1) return `${word("region_number", { number: same[0].region + 1 })}: `;
    return `${word("region_numbers", { numbers: runs(same.map((each) => each.region + 1)) })}: `;
  }

  /** To the field that a problem is about. */
  function goTo({ region, field, path }) {
    if (path === "name") return $('[data-view="name"]').focus();
    const pane = region === null ? "canvas" : "region";
    if (region !== null) model.select([model.doc.regions[region].id]);
    ed.pane(pane);
    const names = { mode: "render_mode", layoutConfig: "kind" };
    const words = path === "tags" ? $('[data-view="tags"]') : null;
    const own = names[field || path] ?? (field || path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
    // Of the kinds, only the chosen one: a key on another would choose it, and the drawing would go.
    const kept = $(region === null ? '[data-c="kind"]:checked' : '[data-f="x"]');
    const input = words ?? (own === "kind" ? kept : $(`[data-${region === null ? "c" : "f"}="${own}"]`) ?? kept);
    input.focus();
    input.scrollIntoView({ block: "nearest" });
  }
  ed.toFirstError = () => {
    const first = ed.problems.find((each) => each.severity === "error");
    if (first) goTo(first);
    return Boolean(first);
  };

  function steps() {
    const names = [word("start_state"), ...model.history];
    const place = $("[data-steps]");
    const focused = place.contains(document.activeElement);
    place.replaceChildren(...names.map((name, position) => {
      const button = copy("editor-step");
      button.firstElementChild.textContent = name;
      put(button.firstElementChild, { "aria-current": position === model.position ? "step" : null });
      button.firstElementChild.addEventListener("click", () => model.go(position));
      return button;
    }).slice(-101).reverse());
    if (focused) place.querySelector("[aria-current]")?.focus();
  }

  const idAt = (target) => Number(target.closest("[data-id]")?.dataset.id);
  list.addEventListener("click", (event) => {
    const id = idAt(event.target);
    const name = event.target.closest("button")?.dataset.row;
    if (!id || !name) return;
    if (name === "pick") return event.shiftKey || event.ctrlKey ? model.toggle(id) : model.select([id]);
    const kept = model.selection;
    model.select([id]);
    ed.run(name);
    model.select(kept);
  });
  list.addEventListener("dblclick", (event) => idAt(event.target) && ed.act("inspect"));

  function shift(from, to) {
    if (to < 0 || to >= model.doc.regions.length || from === to) return;
    const { id } = model.doc.regions[from];
    model.select([id]);
    ed.run("reorder", { from, to });
    say(word("reordered", { number: to + 1 }));
    ed.refresh();
    list.children[to].querySelector('[data-row="pick"]').focus();
  }
  list.addEventListener("keydown", (event) => {
    const to = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const id = idAt(event.target);
    if (!to || !id) return;
    event.preventDefault();
    const at = model.index(id);
    if (event.altKey) return shift(at, at + to);
    list.children[at + to]?.querySelector('[data-row="pick"]').focus();
  });

  // Dragging a row by its grip: the row under the pointer shows where it will lie.
  let dragged = null;
  const under = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest(".region-list__row");
  list.addEventListener("pointerdown", (event) => {
    if (!event.target.closest("[data-grip]")) return;
    event.preventDefault();
    dragged = model.index(idAt(event.target));
    list.setPointerCapture(event.pointerId);
  });
  list.addEventListener("pointermove", (event) => {
    if (dragged === null) return;
    const over = under(event);
    for (const row of list.children) row.classList.toggle("is-target", row === over);
  });
  const drop = (event) => {
    if (dragged === null) return;
    const over = under(event);
    const from = dragged;
    dragged = null;
    for (const row of list.children) row.classList.remove("is-target");
    if (over && event.type === "pointerup") shift(from, [...list.children].indexOf(over));
  };
  list.addEventListener("pointerup", drop);
  list.addEventListener("pointercancel", drop);

  return { tell };
}
