// Pictures to take away, drawn anew from the positions: sharp at any size, whole whatever the window shows, filters and
// masking as on screen. PNG and print are made from the same drawing.

const PICTURE_SCALE = 0.82; // as if the stage were seen at this zoom: it decides the size of labels
const PICTURE_LABELS = 110;
const LARGEST_PNG = 8000;
const MARGIN = 24;

function measured(text, size) {
  const context = measured.context = measured.context || document.createElement("canvas").getContext("2d");
  context.font = `${size}px ${FONT}`;
  return context.measureText(text).width;
}

function wrapped(text, size, width) {
  const lines = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line ? `${line} ${word}` : word;
    if (line && measured(longer, size) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line ? [...lines, line] : lines;
}

function drawDiscs(drawing) {
  for (const disc of discs()) {
    const cluster = PAGE.clusters[disc.cluster];
    for (const [width, colour] of [[DISC + 3, cluster.rim], [DISC, cluster.tint]]) {
      drawing.append(svgElement("polygon", {
        points: points(disc.rim), fill: cluster.tint, stroke: colour, "stroke-width": width, "stroke-linejoin": "round",
      }));
    }
  }
}

function drawLines(drawing, places) {
  for (const line of LINES) {
    if (!shownLines.has(line.id)) continue;
    const [a, b] = [places[line.from], places[line.to]];
    const made = svgElement("line", {
      x1: a.x.toFixed(1), y1: a.y.toFixed(1), x2: b.x.toFixed(1), y2: b.y.toFixed(1),
      stroke: line.color.color, "stroke-opacity": line.color.opacity, "stroke-width": line.width,
    });
    if (line.dashes) made.setAttribute("stroke-dasharray", line.dashes.join(" "));
    drawing.append(made);
  }
}

function drawNodes(drawing, places) {
  for (const node of NODES) {
    if (!shownNodes.has(node.id)) continue;
    const { x, y } = places[node.id];
    drawing.append(marked(node.shape, isValue(node) && sharedKind(node).sign, x, y, node.size, {
      fill: node.color.background, stroke: node.color.border, "stroke-width": 1.2,
    }));
  }
}

function drawLabels(drawing, area) {
  const context = document.createElement("canvas").getContext("2d");
  const labels = placeLabels(context, {
    scale: PICTURE_SCALE, most: PICTURE_LABELS, selection: null,
    from: { x: area.left, y: area.top }, to: { x: area.right, y: area.bottom },
  });
  for (const label of labels) {
    drawing.append(svgElement("text", {
      x: label.x.toFixed(1), y: label.y.toFixed(1), "font-size": label.size.toFixed(1), "font-weight": label.weight,
      "text-anchor": "middle", fill: label.colour, stroke: "#fff", "stroke-width": 2.8, "paint-order": "stroke",
    }, label.text));
  }
}

// The key below the drawing, in as many rows as it needs. Returns where it ends.
function drawKey(drawing, left, top, width) {
  let [x, y] = [left, top];
  const entries = [
    ...PAGE.platforms.map((platform) => [platform.name, 22, (at) => glyph(platform.shape, at + 8, y - 5, 7, { fill: PLATFORM_COLOUR })]),
    ...PAGE.shared.filter((kind) => kind.count)
      .map((kind) => [kind.name, 22, (at) => marked("diamond", kind.sign, at + 8, y - 5, 9, { fill: PAGE.valueColour })]),
    ...PAGE.kinds.filter((kind) => kind.count).map((kind) => [kind.name, 42, (at) => svgElement("line", {
      x1: at, y1: y - 5, x2: at + 34, y2: y - 5, stroke: kind.colour, "stroke-width": kind.width + 0.6, "stroke-dasharray": (kind.dash || []).join(" "),
    })]),
  ];
  for (const [name, indent, mark] of entries) {
    const needs = indent + measured(name, 14) + 24;
    if (x + needs > left + width && x > left) [x, y] = [left, y + 24];
    drawing.append(mark(x), svgElement("text", { x: x + indent, y, "font-size": 14, fill: "#17202e" }, name));
    x += needs;
  }
  return y;
}

function drawWords(drawing, left, top, width) {
  let y = top;
  const say = (text, size, weight, fill) => {
    for (const line of wrapped(text, size, width)) {
      drawing.append(svgElement("text", { x: left, y, "font-size": size, "font-weight": weight, fill }, line));
      y += size * 1.4;
    }
  };
  say(`${PAGE.title}: ${byId("count").textContent}`, 19, 600, "#17202e");
  say([...PAGE.notes, PAGE.footer].join(" · "), 13, 400, "#566273");
  return y;
}

function drawMarking(drawing, left, top, width) {
  if (!PAGE.marking) return;
  drawing.append(
    svgElement("rect", { x: left, y: top, width, height: 30, fill: "#7a1f2b" }),
    svgElement("text", { x: left + width / 2, y: top + 20, "text-anchor": "middle", "font-size": 14, "font-weight": 700, fill: "#fff" }, PAGE.marking.toUpperCase()),
  );
}

function picture() {
  if (!shownNodes.size) return null;
  const places = network.getPositions();
  const xs = [...shownNodes].map((id) => places[id].x);
  const ys = [...shownNodes].map((id) => places[id].y);
  const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
  const width = Math.max(Math.max(...xs) - Math.min(...xs) + 220, 1000);
  const area = { left: middle - width / 2, right: middle + width / 2, top: Math.min(...ys) - 100, bottom: Math.max(...ys) + 70 };
  const drawing = svgElement("svg", { xmlns: SVG, "font-family": FONT.replaceAll('"', "'") });
  drawing.append(svgElement("title", {}, PAGE.title));
  const paper = svgElement("rect", { fill: "#fff" });
  drawing.append(paper);
  currentDiscs = discs();
  drawDiscs(drawing);
  drawLines(drawing, places);
  drawNodes(drawing, places);
  drawLabels(drawing, area);
  const keyEnd = drawKey(drawing, area.left + MARGIN, area.bottom + 34, width - 2 * MARGIN);
  const end = drawWords(drawing, area.left + MARGIN, keyEnd + 42, width - 2 * MARGIN) + 10;
  const top = area.top - (PAGE.marking ? 40 : 10);
  drawMarking(drawing, area.left, top, width);
  const size = { x: area.left, y: top, width, height: end - top };
  for (const [name, value] of Object.entries(size)) paper.setAttribute(name, value.toFixed(1));
  drawing.setAttribute("viewBox", Object.values(size).map((value) => value.toFixed(1)).join(" "));
  drawing.setAttribute("width", size.width.toFixed(0));
  drawing.setAttribute("height", size.height.toFixed(0));
  return drawing;
}

const asText = (drawing) => new XMLSerializer().serializeToString(drawing);

function save(blob, ending) {
  const address = URL.createObjectURL(blob);
  const link = element("a", { href: address, download: `${PAGE.slug}${view.masked ? "-masked" : ""}.${ending}` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 8000);
}

byId("save-svg").onclick = () => {
  const drawing = picture();
  if (drawing) save(new Blob([asText(drawing)], { type: "image/svg+xml" }), "svg");
};

byId("save-png").onclick = () => {
  const drawing = picture();
  if (!drawing) return;
  const image = new Image();
  image.onload = () => {
    const scale = Math.min(2, LARGEST_PNG / Math.max(image.width, image.height));
    const canvas = element("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, "png"), "image/png");
  };
  // As a data: address, the only kind of picture that the page's policy lets in.
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(asText(drawing))}`;
};

byId("print").onclick = () => window.print();
window.addEventListener("beforeprint", () => byId("paper").replaceChildren(picture() || ""));
window.addEventListener("afterprint", () => byId("paper").replaceChildren());
