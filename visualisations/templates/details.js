// The panel: what a node is, why it is linked, and the records behind every link.

const HIDDEN = "hidden while names are masked";
const MOST_LISTED = 200;

const numberTitle = (cluster) => `Likely network ${cluster.number}`;
const colourOf = (node) => (isNumber(node) ? PAGE.numberColour : clusterOf(node).colour);

// A button that leads to a node: shape and colour as on the map, its name, and something short at the end.
function goTo(node, end) {
  return element("button", { class: "go", "data-id": node.id, onclick: () => select(node.id, true) },
    icon(node.shape, colourOf(node)), element("span", { dir: "auto" }, shortened(nameOf(node), 60)), element("small", {}, end || ""));
}

const list = (items) => element("ol", {}, ...items.map((item) => element("li", {}, ...[item].flat())));

function heading(text, figure) {
  return element("h2", {}, text, figure === undefined ? null : element("output", {}, String(figure)));
}

function facts(rows) {
  const made = element("dl", { class: "facts" });
  for (const [name, value, isPrivate] of rows) {
    made.append(element("dt", {}, name), element("dd", { dir: "auto" }, view.masked && isPrivate ? HIDDEN : value));
  }
  return made;
}

const origin = (piece) => [piece.at, piece.source].filter(Boolean).join(" · ");

// Where a number stands: the text around it as written, when, and in which line of which file.
function standing(piece) {
  const text = view.masked ? element("p", {}, HIDDEN)
    : element("p", { dir: "auto" }, piece.before, element("mark", { dir: "ltr" }, piece.written), piece.after);
  return element("div", { class: "piece" }, text, element("p", { class: "origin" }, `${piece.where}, as written · ${origin(piece)}`));
}

// Two reposts of one object: what it says if the case has it, both times, both lines.
function coinciding(piece, first, second) {
  const made = element("div", { class: "piece" });
  const what = view.masked ? HIDDEN : piece.text || `object ${piece.object}`;
  made.append(element("p", { dir: "auto" }, what), element("p", { class: "origin" }, `${piece.apart.toLocaleString("en")} s apart`));
  [first, second].forEach((node, i) => made.append(
    element("p", { class: "origin", dir: "auto" }, `${shortened(nameOf(node), 40)}: ${origin(piece.shares[i])}`),
  ));
  return made;
}

function evidenceOf(line) {
  const found = EVIDENCE[line.id];
  const made = line.reposts
    ? found.pieces.map((piece) => coinciding(piece, nodeById.get(line.from), nodeById.get(line.to)))
    : found.pieces.map(standing);
  if (found.more) made.push(element("p", { class: "more" }, `and ${found.more.toLocaleString("en")} more; the tables of an export list all`));
  return made;
}

const byImportance = (a, b) => b.importance - a.importance || (a.id < b.id ? -1 : 1);
const neighbours = (id, wanted) => linesOf.get(id).filter(wanted)
  .map((line) => ({ line, node: nodeById.get(otherEnd(line, id)) }));

function whyLinked(node) {
  const made = [];
  for (const { line, node: number } of neighbours(node.id, (line) => !line.reposts)) {
    const others = neighbours(number.id, (other) => other.id !== line.id).map((other) => other.node).sort(byImportance);
    const away = FACTS[number.id].elsewhere.length;
    made.push(element("section", {}, heading("Holds a number that others hold", others.length + away),
      goTo(number, counted(others.length + away + 1, "holder")), ...evidenceOf(line),
      list(others.slice(0, MOST_LISTED).map((other) => goTo(other, sameNetwork(node, other)))), elsewhere(number)));
  }
  const partners = neighbours(node.id, (line) => line.reposts).sort((a, b) => b.line.pairs - a.line.pairs || byImportance(a.node, b.node));
  if (partners.length) {
    made.push(element("section", {}, heading(`Passes on the same within ${PAGE.window.toLocaleString("en")} s`, partners.length),
      list(partners.slice(0, MOST_LISTED).map(({ line, node: other }, i) => [
        goTo(other, counted(line.pairs, "pair")),
        // The strongest are shown open; the others' records wait behind a click, for a hub has hundreds.
        element("details", i < 3 ? { open: "" } : {}, element("summary", { class: "more" }, "records"), ...evidenceOf(line)),
      ]))));
  }
  return made;
}

const sameNetwork = (node, other) => (other.cluster === node.cluster ? "" : `network ${clusterOf(other).number}`);

function elsewhere(number) {
  const away = FACTS[number.id].elsewhere;
  if (!away.length) return null;
  const made = element("div", { class: "elsewhere" }, element("p", { class: "note" }, "Also held by accounts that are not on this page:"));
  for (const holder of away.slice(0, MOST_LISTED)) {
    const where = holder.page ? element("a", { href: holder.page }, holder.network) : holder.network;
    made.append(element("p", { class: "note", dir: "auto" }, view.masked ? "an account" : holder.name, " · ", where));
  }
  return made;
}

function nodePanel(node) {
  const known = FACTS[node.id];
  const cluster = clusterOf(node);
  const made = [
    element("h3", { dir: "auto" }, icon(node.shape, colourOf(node)), element("span", { dir: "auto" }, nameOf(node))),
    element("p", { class: "sub" }, `${known.what} · `,
      element("button", { class: "plain", onclick: () => selectCluster(node.cluster, true) }, numberTitle(cluster))),
    facts(known.rows),
  ];
  if (known.bio) made.push(element("p", { class: "bio", dir: "auto" }, view.masked ? HIDDEN : known.bio));
  if (isNumber(node)) {
    const holders = neighbours(node.id, () => true).sort((a, b) => byImportance(a.node, b.node));
    made.push(element("section", {}, heading("Held by", holders.length), list(holders.map(({ line, node: holder }) => [
      goTo(holder, sameNetwork(node, holder)), ...evidenceOf(line)])), elsewhere(node)));
  } else {
    made.push(...whyLinked(node));
  }
  made.push(element("button", { onclick: () => select(null) }, "Clear selection"));
  return made;
}

function clusterPanel(place) {
  const cluster = PAGE.clusters[place];
  const members = NODES.filter((node) => node.cluster === place && !isNumber(node)).sort((a, b) => a.rank - b.rank);
  const numbers = NODES.filter((node) => node.cluster === place && isNumber(node)).sort(byImportance);
  const made = [
    element("h3", {}, swatch(cluster), element("span", {}, numberTitle(cluster))),
    element("p", { class: "sub" }, cluster.id),
    element("p", { class: "words" }, cluster.words + "."),
    facts([["First seen", cluster.first || "no times"], ["Last seen", cluster.last || "no times"]]),
  ];
  if (cluster.page) made.push(element("p", {}, element("a", { href: cluster.page }, "Open its own map")));
  if (numbers.length) {
    made.push(element("section", {}, heading("Numbers", numbers.length),
      list(numbers.map((node) => goTo(node, counted(holdersOf(node), "holder"))))));
  }
  made.push(element("section", {}, heading("Accounts by rank", members.length),
    list(members.slice(0, MOST_LISTED).map((node) => goTo(node, node.role === "member" ? "" : node.role)))));
  made.push(element("button", { onclick: () => select(null) }, "Clear selection"));
  return made;
}

const holdersOf = (number) => linesOf.get(number.id).length + FACTS[number.id].elsewhere.length;

function overview() {
  const shown = NODES.filter((node) => shownNodes.has(node.id));
  const bridging = shown.filter((node) => isNumber(node) && node.bridges).sort(byImportance);
  const keys = shown.filter((node) => !isNumber(node) && (PAGE.clusters.length === 1 || (node.rank === 1 && node.role === "key")))
    .sort((a, b) => a.rank - b.rank || a.cluster - b.cluster);
  const made = PAGE.notes.map((note) => element("p", { class: "warning" }, note));
  if (PAGE.words) made.push(element("p", { class: "words" }, PAGE.words + "."));
  if (bridging.length) {
    made.push(element("section", {}, heading("Numbers across networks", bridging.length),
      list(bridging.slice(0, 12).map((node) => goTo(node, counted(holdersOf(node), "holder"))))));
  }
  const alone = PAGE.clusters.length === 1;
  const figure = (node) => (alone ? (node.score >= 0.005 ? node.score.toFixed(2) : "") : `network ${clusterOf(node).number}`);
  if (keys.length) {
    made.push(element("section", {}, heading(alone ? "Accounts by rank" : "Accounts that networks hang on most"),
      list(keys.slice(0, alone ? 24 : 18).map((node) => goTo(node, figure(node))))));
  }
  made.push(element("section", {}, heading("About this map"), facts(PAGE.about),
    element("p", { class: "note" }, "A network is likely, not proven: these are leads for review. Distance on the page means membership and nothing else.")));
  return made;
}

function showPanel() {
  const panel = byId("panel");
  if (view.selected) panel.replaceChildren(...nodePanel(nodeById.get(view.selected)));
  else if (view.cluster !== null) panel.replaceChildren(...clusterPanel(view.cluster));
  else panel.replaceChildren(...overview());
  byId("details").scrollTop = 0;
}

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const moving = () => (still ? false : { duration: 350, easingFunction: "easeInOutQuad" });

function select(id, focus) {
  view.selected = id !== null && nodeById.has(id) ? id : null;
  view.cluster = null;
  network.unselectAll();
  if (view.selected && shownNodes.has(view.selected)) {
    network.selectNodes([view.selected], false);
    if (focus) network.fit({ nodes: [...lit(view.selected).nodes], maxZoomLevel: 1.5, minZoomLevel: 0.1, animation: moving() });
  }
  showPanel();
  rememberInHash();
  network.redraw();
}

function selectCluster(place, focus) {
  select(null);
  view.cluster = place;
  const nodes = NODES.filter((node) => node.cluster === place && shownNodes.has(node.id)).map((node) => node.id);
  if (focus && nodes.length) network.fit({ nodes, maxZoomLevel: 1.5, minZoomLevel: 0.1, animation: moving() });
  showPanel();
  rememberInHash();
}
