// The stage: vis-network draws nodes and lines at the positions given; discs, labels and the spotlight are drawn by us.

const FONT = '"Inter", "Segoe UI", "Noto Sans", "Noto Sans Arabic", "DejaVu Sans", sans-serif';
const DISC = 62; // a disc reaches half of this beyond its outermost nodes
const MOST_LABELS = 140;
const FAR_LABELS = 60; // seen as a whole, a map is labelled with what matters most; the rest follows on the way in
const CLOSE = 1.05; // from this scale on, every node may have its label

decideWhatIsShown();
const nodeSet = new vis.DataSet(NODES);
const lineSet = new vis.DataSet(LINES);
const nodeView = new vis.DataView(nodeSet, { filter: (node) => shownNodes.has(node.id) });
const lineView = new vis.DataView(lineSet, { filter: (line) => shownLines.has(line.id) });
const network = new vis.Network(byId("network"), { nodes: nodeView, edges: lineView }, OPTIONS);

function hull(list) {
  // Andrew's monotone chain.
  const sorted = list.slice().sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const turn = (o, a, b) => (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
  const half = (way) => {
    const chain = [];
    for (const point of way) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return half(sorted).concat(half(sorted.reverse()));
}

function rounded(list) {
  // Chaikin's corner cutting, once; the thick rim rounds the rest.
  if (list.length < 3) return list;
  return list.flatMap((a, i) => {
    const b = list[(i + 1) % list.length];
    const between = (share) => [a[0] * (1 - share) + b[0] * share, a[1] * (1 - share) + b[1] * share];
    return [between(0.18), between(0.82)];
  });
}

// One disc for each cluster shown, the largest first, for that is the order in which they get their labels.
function discs() {
  const groups = PAGE.clusters.map(() => []);
  const places = network.getPositions();
  for (const id of shownNodes) {
    if (places[id]) groups[nodeById.get(id).cluster].push([places[id].x, places[id].y]);
  }
  return groups
    .map((list, cluster) => list.length && {
      cluster,
      rim: rounded(rounded(hull(list))),
      top: Math.min(...list.map((p) => p[1])),
      wide: Math.max(...list.map((p) => p[0])) - Math.min(...list.map((p) => p[0])) + DISC,
      middle: list.reduce((sum, p) => sum + p[0], 0) / list.length,
    })
    .filter(Boolean);
}

let currentDiscs = null;
let labelOrder = null;
function forgetDrawing() {
  currentDiscs = null;
  labelOrder = null;
}

function path(context, list) {
  context.beginPath();
  list.forEach((p, i) => (i ? context.lineTo(p[0], p[1]) : context.moveTo(p[0], p[1])));
  context.closePath();
}

network.on("beforeDrawing", (context) => {
  currentDiscs = currentDiscs || discs();
  context.lineJoin = "round";
  context.lineCap = "round";
  for (const disc of currentDiscs) {
    const cluster = PAGE.clusters[disc.cluster];
    path(context, disc.rim);
    for (const [width, colour] of [[DISC + 3, cluster.rim], [DISC, cluster.tint]]) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke();
    }
    context.fillStyle = cluster.tint;
    context.fill();
  }
});

const widths = new Map(); // measured once at 100 px; a map of 2,000 names is measured on every frame otherwise
function widthOf(context, text, weight) {
  const key = weight + text;
  if (!widths.has(key)) {
    context.font = `${weight} 100px ${FONT}`;
    widths.set(key, context.measureText(text).width / 100);
  }
  return widths.get(key);
}

// Labels as rectangles that don't collide: clusters first, then nodes by importance, each at the first of four places.
function placeLabels(context, { scale, from, to, most, selection }) {
  const placed = [];
  const taken = new Occupied(80 / scale);
  for (const disc of currentDiscs) {
    if (selection && !selection.clusters.has(disc.cluster)) continue;
    const cluster = PAGE.clusters[disc.cluster];
    // On a disc that is small on screen the number alone; its colour and number lead to the legend.
    const small = disc.wide * scale < 55;
    const text = small ? String(cluster.number) : `${clusterTitle(cluster)} · ${cluster.size.toLocaleString("en")}`;
    const size = (small ? 11 : 13) / scale;
    const width = widthOf(context, text, 600) * size;
    const y = disc.top - DISC / 2 - 8 / scale;
    const box = [disc.middle - width / 2, y - size, disc.middle + width / 2, y + size * 0.3];
    if (!taken.take(box)) continue;
    placed.push({ text, x: disc.middle, y, size, weight: 600, colour: cluster.ink });
  }
  labelOrder = labelOrder || [...shownNodes].map((id) => nodeById.get(id))
    .sort((a, b) => b.importance - a.importance || (a.id < b.id ? -1 : 1));
  const places = network.getPositions();
  const near = labelOrder.filter((node) => {
    const p = places[node.id];
    return p && p.x > from.x && p.x < to.x && p.y > from.y && p.y < to.y && (!selection || selection.nodes.has(node.id));
  });
  const limit = selection || scale >= CLOSE ? most : Math.min(most, FAR_LABELS);
  if (selection) near.sort((a, b) => (b.id === selection.id) - (a.id === selection.id));
  for (const node of near.slice(0, 4 * limit)) {
    const p = places[node.id];
    const r = node.size * 0.8;
    taken.mark([p.x - r, p.y - r, p.x + r, p.y + r]);
  }
  let count = 0;
  for (const node of near) {
    if (count >= limit) break;
    const chosen = selection && node.id === selection.id;
    const label = labelBeside(context, node, places[node.id], { scale, taken, chosen, from, to });
    if (!label) continue;
    placed.push(label);
    count += 1;
  }
  return placed;
}

function labelBeside(context, node, place, { scale, taken, chosen, from, to }) {
  const weight = chosen ? 700 : 500;
  const size = (chosen ? 13 : 10.5) / scale;
  const text = shortened(nameOf(node), 26);
  const width = widthOf(context, text, weight) * size + 4 / scale;
  const gap = node.size + 3 / scale;
  const spots = [
    [place.x, place.y + gap + size * 0.85],
    [place.x, place.y - gap - size * 0.15],
    [place.x + gap + width / 2, place.y + size * 0.35],
    [place.x - gap - width / 2, place.y + size * 0.35],
  ];
  for (const [x, y] of spots) {
    const box = [x - width / 2, y - size * 0.85, x + width / 2, y + size * 0.2];
    if (box[0] > from.x && box[2] < to.x && box[1] > from.y && box[3] < to.y && taken.take(box)) {
      return { text, x, y, size, weight, colour: "#17202e" };
    }
  }
  return null;
}

// Boxes already used, in a grid of cells, so that a new one is compared with its surroundings only.
class Occupied {
  constructor(cell) {
    this.cell = cell;
    this.cells = new Map();
  }

  * keys([left, top, right, bottom]) {
    for (let x = Math.floor(left / this.cell); x <= Math.floor(right / this.cell); x += 1) {
      for (let y = Math.floor(top / this.cell); y <= Math.floor(bottom / this.cell); y += 1) yield `${x},${y}`;
    }
  }

  mark(box) {
    for (const key of this.keys(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }

  take(box) {
    for (const key of this.keys(box)) {
      for (const other of this.cells.get(key) || []) {
        if (box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]) return false;
      }
    }
    this.mark(box);
    return true;
  }
}

function selectionLit() {
  if (!view.selected || !shownNodes.has(view.selected)) return null;
  const { nodes, lines } = lit(view.selected);
  return { id: view.selected, nodes, lines, clusters: new Set([...nodes].map((id) => nodeById.get(id).cluster)) };
}

// Everything but the selection recedes behind a veil; the selection is drawn again on top of it.
function spotlight(context, selection) {
  const stage = byId("network");
  const from = network.DOMtoCanvas({ x: 0, y: 0 });
  const to = network.DOMtoCanvas({ x: stage.clientWidth, y: stage.clientHeight });
  context.save();
  context.fillStyle = "rgba(251, 252, 253, .86)";
  context.fillRect(from.x, from.y, to.x - from.x, to.y - from.y);
  for (const id of selection.lines) {
    const line = network.body.edges[id];
    if (line && line.connected) line.draw(context);
  }
  for (const id of selection.nodes) if (network.body.nodes[id]) network.body.nodes[id].draw(context);
  context.restore();
}

const LEAST_SIGN = 3.8; // a sign in a diamond smaller than this on screen is a smudge
const signPaths = new Map(Object.entries(SIGNS).map(([name, path]) => [name, new Path2D(path)]));

// The signs of shared values, on top of their diamonds. What the veil covers has none.
function drawSigns(context, scale, selection) {
  const places = network.getPositions();
  context.strokeStyle = SIGN_COLOUR;
  for (const id of selection ? selection.nodes : shownNodes) {
    const node = nodeById.get(id);
    const path = isValue(node) && node.size * scale >= LEAST_SIGN && signPaths.get(sharedKind(node).sign);
    if (!path || !places[id]) continue;
    context.save();
    context.translate(places[id].x, places[id].y);
    context.scale(node.size, node.size);
    context.lineWidth = Math.max(SIGN_WIDTH, 1.1 / (node.size * scale)); // a pixel at least
    context.stroke(path);
    context.restore();
  }
}

network.on("afterDrawing", (context) => {
  const selection = selectionLit();
  if (selection) spotlight(context, selection);
  const stage = byId("network");
  const scale = network.getScale();
  drawSigns(context, scale, selection);
  context.lineJoin = "round";
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const labels = placeLabels(context, {
    scale,
    from: network.DOMtoCanvas({ x: 0, y: 0 }),
    to: network.DOMtoCanvas({ x: stage.clientWidth, y: stage.clientHeight }),
    most: MOST_LABELS,
    selection,
  });
  for (const label of labels) {
    context.font = `${label.weight} ${label.size}px ${FONT}`;
    context.lineWidth = 3.2 / scale;
    context.strokeStyle = "#ffffffe0";
    context.strokeText(label.text, label.x, label.y);
    context.fillStyle = label.colour;
    context.fillText(label.text, label.x, label.y);
  }
});
network.on("dragging", (event) => {
  if (event.nodes.length) currentDiscs = null;
});
