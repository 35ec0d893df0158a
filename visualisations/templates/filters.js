// The legend is the filter: every line of it can be switched off.

function applyFilters() {
  decideWhatIsShown();
  if (view.selected && !shownNodes.has(view.selected)) select(null);
  forgetDrawing();
  nodeView.refresh();
  lineView.refresh();
  const left = PAGE.linksNotDrawn ? ` · ${counted(PAGE.linksNotDrawn, "weaker link")} not drawn` : "";
  byId("count").textContent = `${shownNodes.size.toLocaleString("en")} of ${counted(NODES.length, "node")}`
    + ` · ${shownLines.size.toLocaleString("en")} of ${counted(LINES.length, "link")}${left}`;
  document.body.dataset.nodes = shownNodes.size;
  document.body.dataset.links = shownLines.size;
  if (!view.selected && view.cluster === null) showPanel();
  rememberInHash();
}

const PLATFORM_COLOUR = "#67748a"; // a shape in the legend is no cluster's

// One line of the legend. `set` holds the places of the lines that are on; `row.turn` switches without drawing anew.
function legendRow(box, set, place, mark, name, number, extra) {
  const input = element("input", { type: "checkbox" });
  input.checked = true;
  const row = element("div", { class: "check" }, element("label", {}, input, mark,
    element("span", { class: "name", dir: "auto" }, name),
    element("span", { class: "number" }, number.toLocaleString("en"))), extra);
  row.turn = (on) => {
    input.checked = on;
    if (on) set.add(place);
    else set.delete(place);
    row.classList.toggle("off", !on);
  };
  input.addEventListener("change", () => {
    row.turn(input.checked);
    applyFilters();
  });
  row.hidden = !number; // a kind of which there is nothing here; its place in the permalink stays
  box.append(row);
}

function makeLegend() {
  for (const id of ["clusters", "platforms", "shared", "kinds"]) byId(id).replaceChildren();
  PAGE.clusters.forEach((cluster, i) => legendRow(
    byId("clusters"), view.clusters, i, swatch(cluster), view.masked ? cluster.id : cluster.name, cluster.size,
    element("button", { class: "open", title: "What is it?", "aria-label": `Likely network ${cluster.number}`, onclick: () => selectCluster(i, true) }, "›"),
  ));
  PAGE.platforms.forEach((platform, i) => legendRow(
    byId("platforms"), view.platforms, i, icon(platform.shape, PLATFORM_COLOUR), platform.name, platform.count,
  ));
  byId("shared-values").hidden = !PAGE.shared.some((kind) => kind.count);
  PAGE.shared.forEach((kind, i) => legendRow(
    byId("shared"), view.shared, i, icon("diamond", PAGE.valueColour, kind.sign), kind.name, kind.count,
  ));
  PAGE.kinds.forEach((kind, i) => legendRow(byId("kinds"), view.kinds, i, sampleLine(kind), kind.name, kind.count));
  for (const [id, set] of [["clusters", view.clusters], ["platforms", view.platforms], ["shared", view.shared], ["kinds", view.kinds]]) {
    [...byId(id).children].forEach((row, i) => row.turn(set.has(i)));
  }
}

function turnAllClusters(on) {
  for (const row of byId("clusters").children) row.turn(on);
  applyFilters();
}
byId("all-clusters").onclick = () => turnAllClusters(true);
byId("no-clusters").onclick = () => turnAllClusters(false);
