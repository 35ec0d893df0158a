// One definition of the nodes' shapes for the legend, the lists and the exports. vis-network draws its own on the stage.

function corners(count, x, y, radius, turn) {
  return Array.from({ length: count }, (_, i) => {
    const angle = turn + (i * 2 * Math.PI) / count;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}

function star(x, y, radius) {
  return corners(10, x, y, 1, -Math.PI / 2).map(([cx, cy], i) => {
    const reach = radius * (i % 2 ? 0.5 : 1.15);
    return [x + (cx - x) * reach, y + (cy - y) * reach];
  });
}

function outline(shape, x, y, r) {
  switch (shape) {
    case "square": return [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r]];
    case "diamond": return corners(4, x, y, r, 0);
    case "triangle": return corners(3, x, y, r * 1.15, -Math.PI / 2);
    case "triangleDown": return corners(3, x, y, r * 1.15, Math.PI / 2);
    case "hexagon": return corners(6, x, y, r, 0);
    case "star": return star(x, y, r);
    default: return null;
  }
}

const points = (list) => list.map((p) => p.map((v) => v.toFixed(1)).join(",")).join(" ");

function glyph(shape, x, y, radius, attributes) {
  const drawn = outline(shape, x, y, radius);
  if (drawn) return svgElement("polygon", { points: points(drawn), ...attributes });
  return svgElement("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: radius.toFixed(1), ...attributes });
}

function icon(shape, fill) {
  const made = svgElement("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" });
  made.append(glyph(shape, 8, 8, shape === "square" ? 5 : 6, { fill }));
  return made;
}

// A cluster's colour with its number in it: colour alone doesn't tell thirty clusters apart, nor at all on grey paper.
function swatch(cluster) {
  const made = svgElement("svg", { width: 20, height: 16, viewBox: "0 0 20 16", "aria-hidden": "true" });
  made.append(svgElement("rect", { x: 0, y: 1, width: 20, height: 14, rx: 4, fill: cluster.colour }));
  const size = String(cluster.number).length > 2 ? 8.5 : 10;
  made.append(svgElement("text", {
    x: 10, y: 8 + size * 0.36, "text-anchor": "middle", "font-size": size, "font-weight": 700, fill: "#fff",
  }, String(cluster.number)));
  return made;
}

function sampleLine(kind) {
  const made = svgElement("svg", { width: 26, height: 10, viewBox: "0 0 26 10", "aria-hidden": "true" });
  made.append(svgElement("line", {
    x1: 0, y1: 5, x2: 26, y2: 5, stroke: kind.colour, "stroke-width": kind.width + 0.6,
    "stroke-dasharray": (kind.dash || []).join(" "),
  }));
  return made;
}
