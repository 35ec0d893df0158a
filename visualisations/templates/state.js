// What the page holds and what of it is shown now. Filters change `view`; everything that draws reads from here.

const NODES = readData("data-nodes");
const LINES = readData("data-lines");
const FACTS = readData("data-facts");
const EVIDENCE = readData("data-evidence");
const PAGE = readData("data-page");
const OPTIONS = JSON.parse(readData("data-options")); // pyvis hands its options over as text

const nodeById = new Map(NODES.map((node) => [node.id, node]));
const linesOf = new Map(NODES.map((node) => [node.id, []]));
for (const line of LINES) {
  linesOf.get(line.from).push(line);
  linesOf.get(line.to).push(line);
}

const every = (list) => new Set(list.keys());
const view = {
  clusters: every(PAGE.clusters),
  platforms: every(PAGE.platforms),
  shared: every(PAGE.shared),
  kinds: new Set([...PAGE.kinds.keys()].filter((place) => !PAGE.kinds[place].off)),
  until: Infinity, // seconds since 1970; what has no time is always shown
  selected: null, // a node's id
  cluster: null, // or a cluster's place in PAGE.clusters
  masked: false,
};

let shownNodes = new Set();
let shownLines = new Set();

const seenBy = (thing) => thing.first === null || thing.first <= view.until;
const isValue = (node) => node.kind === "value"; // a number, invite, handle or address that accounts share
const sharedKind = (node) => PAGE.shared[node.shared];
const fitsLegend = (node) => view.clusters.has(node.cluster)
  && (isValue(node) ? view.shared.has(node.shared) : view.platforms.has(node.platform));

function decideWhatIsShown() {
  const fits = new Set();
  for (const node of NODES) {
    if (fitsLegend(node) && seenBy(node)) fits.add(node.id);
  }
  shownLines = new Set();
  const joined = new Set();
  for (const line of LINES) {
    if (!view.kinds.has(line.kind) || !fits.has(line.from) || !fits.has(line.to) || !seenBy(line)) continue;
    shownLines.add(line.id);
    joined.add(line.from).add(line.to);
  }
  // A value that nobody shown holds says nothing; one that it has alone on this page (held elsewhere too) has a line.
  shownNodes = new Set([...fits].filter((id) => !isValue(nodeById.get(id)) || joined.has(id)));
}

const otherEnd = (line, id) => (line.from === id ? line.to : line.from);

// Whom a selection lights up: who is joined to it, and through a value all who hold that value.
function lit(id) {
  const nodes = new Set([id]);
  const lines = new Set();
  const follow = (from) => {
    for (const line of linesOf.get(from)) {
      if (!shownLines.has(line.id)) continue;
      lines.add(line.id);
      nodes.add(otherEnd(line, from));
    }
  };
  follow(id);
  for (const neighbour of [...nodes]) if (neighbour !== id && isValue(nodeById.get(neighbour))) follow(neighbour);
  return { nodes, lines };
}

const nameOf = (node) => (view.masked ? node.alias : FACTS[node.id].name);
const clusterOf = (node) => PAGE.clusters[node.cluster];
const clusterTitle = (cluster) => `Network ${cluster.number}`;
