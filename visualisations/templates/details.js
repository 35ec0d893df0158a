// The panel: what a node is, why it is linked, and the records behind every link.

const HIDDEN = "hidden while names are masked";
const MOST_LISTED = 200;

const networkTitle = (cluster) => `Likely network ${cluster.number}`;
const iconOf = (node) => (isValue(node)
  ? icon(node.shape, PAGE.valueColour, sharedKind(node).sign) : icon(node.shape, clusterOf(node).colour));

// A button that leads to a node: shape and colour as on the map, its name, and something short at the end.
function goTo(node, end) {
  return element("button", { class: "go", "data-id": node.id, onclick: () => select(node.id, true) },
    iconOf(node), element("span", { dir: "auto" }, shortened(nameOf(node), 60)), element("small", {}, end || ""));
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

// Where a value stands: the text around it as written, when, and in which line of which file.
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
  const held = neighbours(node.id, (line) => !line.reposts).sort((a, b) => a.node.shared - b.node.shared || byImportance(a.node, b.node));
  for (const { line, node: value } of held) {
    const others = neighbours(value.id, (other) => other.id !== line.id).map((other) => other.node).sort(byImportance);
    const away = FACTS[value.id].elsewhere.length;
    const { article, one } = sharedKind(value);
    made.push(element("section", {}, heading(`Holds ${article} ${one} that others hold`, others.length + away),
      goTo(value, counted(others.length + away + 1, "holder")), ...evidenceOf(line),
      list(others.slice(0, MOST_LISTED).map((other) => goTo(other, sameNetwork(node, other)))), elsewhere(value)));
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

function elsewhere(value) {
  const away = FACTS[value.id].elsewhere;
  if (!away.length) return null;
  const made = element("div", { class: "elsewhere" }, element("p", { class: "note" }, "Also held by accounts that are not on this page:"));
  for (const holder of away.slice(0, MOST_LISTED)) {
    const where = holder.page ? element("a", { href: holder.page }, holder.network) : holder.network;
    made.append(element("p", { class: "note", dir: "auto" }, view.masked ? "an account" : holder.name, " · ", where));
  }
  return made;
}

// A value exactly as clew has it, to be put into a question or another tool. It is text, never a link: an investigator
// who presses an invite has told its owner.
function exactly(value) {
  if (view.masked) return null;
  const written = element("code", { dir: "ltr" }, value);
  const button = element("button", { class: "plain", onclick: () => copy(written, button) }, "copy");
  return element("p", { class: "exactly" }, written, " ", button);
}

async function copy(written, button) {
  getSelection().selectAllChildren(written); // where the browser refuses, Ctrl+C does it
  try {
    await navigator.clipboard.writeText(written.textContent);
    button.textContent = "copied";
  } catch {
    button.textContent = document.execCommand("copy") ? "copied" : "selected: press Ctrl+C";
  }
}

function nodePanel(node) {
  const known = FACTS[node.id];
  const cluster = clusterOf(node);
  const made = [
    element("h3", { dir: "auto" }, iconOf(node), element("span", { dir: "auto" }, nameOf(node))),
    element("p", { class: "sub" }, `${known.what} · `,
      element("button", { class: "plain", onclick: () => selectCluster(node.cluster, true) }, networkTitle(cluster))),
    isValue(node) ? exactly(known.value) : null,
    facts(known.rows),
  ];
  if (known.bio) made.push(element("p", { class: "bio", dir: "auto" }, view.masked ? HIDDEN : known.bio));
  if (isValue(node)) {
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
  const members = NODES.filter((node) => node.cluster === place && !isValue(node)).sort((a, b) => a.rank - b.rank);
  const values = NODES.filter((node) => node.cluster === place && isValue(node)).sort(byImportance);
  const made = [
    element("h3", {}, swatch(cluster), element("span", {}, networkTitle(cluster))),
    element("p", { class: "sub" }, cluster.id),
    element("p", { class: "words" }, cluster.words + "."),
    facts([["First seen", cluster.first || "no times"], ["Last seen", cluster.last || "no times"]]),
  ];
  if (cluster.page) made.push(element("p", {}, element("a", { href: cluster.page }, "Open its own map")));
  PAGE.shared.forEach((kind, i) => {
    const own = values.filter((node) => node.shared === i);
    if (!own.length) return;
    made.push(element("section", {}, heading(`Shared ${kind.many}`, own.length),
      list(own.slice(0, MOST_LISTED).map((node) => goTo(node, counted(holdersOf(node), "holder"))))));
  });
  made.push(element("section", {}, heading("Accounts by rank", members.length),
    list(members.slice(0, MOST_LISTED).map((node) => goTo(node, node.role === "member" ? "" : node.role)))));
  made.push(element("button", { onclick: () => select(null) }, "Clear selection"));
  return made;
}

const holdersOf = (value) => linesOf.get(value.id).length + FACTS[value.id].elsewhere.length;

function overview() {
  const shown = NODES.filter((node) => shownNodes.has(node.id));
  const bridging = shown.filter((node) => isValue(node) && node.bridges).sort(byImportance);
  const keys = shown.filter((node) => !isValue(node) && (PAGE.clusters.length === 1 || (node.rank === 1 && node.role === "key")))
    .sort((a, b) => a.rank - b.rank || a.cluster - b.cluster);
  const made = PAGE.notes.map((note) => element("p", { class: "warning" }, note));
  if (PAGE.words) made.push(element("p", { class: "words" }, PAGE.words + "."));
  if (bridging.length) {
    made.push(element("section", {}, heading("Shared values across networks", bridging.length),
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
  if (view.selected) panel.replaceChildren(...nodePanel(nodeById.get(view.selected)).filter((part) => part !== null));
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
