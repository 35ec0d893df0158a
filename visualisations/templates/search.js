// Search by handle, name, digits, any shared value, or bio. "/" goes there, arrows choose, Enter takes, Esc leaves.

const MOST_HITS = 12;
const field = byId("search");
const hits = byId("hits");
let chosen = -1;

const INDEX = NODES.map((node) => {
  const known = FACTS[node.id];
  const words = folded([known.name, ...known.terms].join("\n"));
  // What is sought by its whole name, with or without what stands before it, comes before what only mentions it.
  const names = new Set([known.name, known.value || ""].map(folded).flatMap((name) => [name, name.replace(/^.*[/:@]/, "")]));
  return { node, words, names, digits: words.replace(/[^\d\n]/g, "") };
});

function found(query) {
  const words = folded(query.trim());
  if (!words) return [];
  const digits = numberSought(words);
  return INDEX
    .filter((entry) => entry.words.includes(words) || (digits && entry.digits.includes(digits)))
    .sort((a, b) => b.names.has(words) - a.names.has(words) || byImportance(a.node, b.node))
    .map((entry) => entry.node);
}

function closeHits() {
  hits.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function take(id) {
  closeHits();
  field.blur();
  // What was looked for is shown, whatever the filters say.
  const node = nodeById.get(id);
  if (!shownNodes.has(id)) showDespiteFilters(node);
  select(id, true);
}

function showDespiteFilters(node) {
  byId("clusters").children[node.cluster].turn(true);
  if (isValue(node)) {
    byId("shared").children[node.shared].turn(true);
    PAGE.kinds.forEach((kind, i) => kind.holds && byId("kinds").children[i].turn(true));
  } else {
    byId("platforms").children[node.platform].turn(true);
  }
  if (PAGE.time) showUntil(STEPS);
  applyFilters();
}

function listHits() {
  const all = found(field.value);
  chosen = -1;
  hits.replaceChildren(...all.slice(0, MOST_HITS).map((node, i) => element("li", {
    role: "option", id: `hit-${i}`, "data-id": node.id, "aria-selected": "false",
    onmousedown: (event) => {
      event.preventDefault();
      take(node.id);
    },
  }, element("span", { dir: "auto" }, shortened(nameOf(node), 40)), element("small", {}, networkTitle(clusterOf(node))))));
  if (!all.length) hits.append(element("li", {}, element("small", {}, "Nothing found on this page")));
  if (all.length > MOST_HITS) hits.append(element("li", {}, element("small", {}, `${(all.length - MOST_HITS).toLocaleString("en")} more`)));
  hits.hidden = !field.value.trim();
  field.setAttribute("aria-expanded", String(!hits.hidden));
}

function choose(step) {
  const options = [...hits.querySelectorAll("[data-id]")];
  if (!options.length) return;
  chosen = chosen < 0 && step < 0 ? options.length - 1 : (chosen + step + options.length) % options.length;
  options.forEach((option, i) => option.setAttribute("aria-selected", String(i === chosen)));
  options[chosen].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", options[chosen].id);
}

field.oninput = listHits;
field.onblur = closeHits;
field.onkeydown = (event) => {
  const options = [...hits.querySelectorAll("[data-id]")];
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && options.length) {
    take(options[Math.max(0, chosen)].dataset.id);
  } else if (event.key === "Escape") {
    field.value = "";
    closeHits();
    field.blur();
  }
};
