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

// The signs that tell shared values apart, within a circle of radius 1: paths that canvas and SVG both take. A diamond
// without a sign is a phone number.
const SIGNS = {
  plus: "M-.44 0H.44M0-.44V.44",
  ring: "M.36 0A.36 .36 0 1 1-.36 0A.36 .36 0 1 1 .36 0",
  letter: "M-.46-.27H.46V.3H-.46ZM-.46-.27L0 .1L.46-.27",
  bars: "M-.42-.19H.42M-.42 .19H.42",
  dot: "M-.1 0H.1",
};
const SIGN_WIDTH = 0.17;
const SIGN_COLOUR = "#fff";

const points = (list) => list.map((p) => p.map((v) => v.toFixed(1)).join(",")).join(" ");

function glyph(shape, x, y, radius, attributes) {
  const drawn = outline(shape, x, y, radius);
  if (drawn) return svgElement("polygon", { points: points(drawn), ...attributes });
  return svgElement("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: radius.toFixed(1), ...attributes });
}

// A shape with its sign, if it has one.
function marked(shape, sign, x, y, radius, attributes) {
  const made = svgElement("g", {});
  made.append(glyph(shape, x, y, radius, attributes));
  if (SIGNS[sign]) {
    made.append(svgElement("path", {
      d: SIGNS[sign], transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${radius})`,
      fill: "none", stroke: SIGN_COLOUR, "stroke-width": SIGN_WIDTH, "stroke-linejoin": "round",
    }));
  }
  return made;
}

function icon(shape, fill, sign) {
  const made = svgElement("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" });
  made.append(marked(shape, sign, 8, 8, { square: 5, diamond: 8 }[shape] || 6, { fill }));
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
