// Puts the page together: keyboard, masking, the permalink, and the first view.

// The permalink has the places of nodes and filters in this file, and never a name: it may be pasted anywhere.
let restoring = true;

const filters = () => [
  ["c", view.clusters, PAGE.clusters, "clusters"], ["p", view.platforms, PAGE.platforms, "platforms"],
  ["v", view.shared, PAGE.shared, "shared"], ["k", view.kinds, PAGE.kinds, "kinds"],
];
const switchedOff = (set, all) => [...all.keys()].filter((place) => !set.has(place)).join(".");
const offAtFirst = (all) => [...all.keys()].filter((place) => all[place].off).join(".");

function rememberInHash() {
  if (restoring) return;
  const parts = new URLSearchParams();
  if (view.selected) parts.set("s", view.selected);
  if (view.cluster !== null) parts.set("n", view.cluster);
  for (const [key, set, all] of filters()) {
    const off = switchedOff(set, all);
    if (off !== offAtFirst(all)) parts.set(key, off || "none");
  }
  if (view.until !== Infinity) parts.set("t", byId("until").value);
  if (view.masked) parts.set("m", "1");
  // Replaced, not added: the back button leads out of the page, not through every click.
  history.replaceState(null, "", `#${parts}`);
}

function restoreFromHash() {
  const parts = new URLSearchParams(location.hash.slice(1));
  for (const [key, , , box] of filters()) {
    if (!parts.has(key)) continue;
    const off = new Set(parts.get(key).split("."));
    [...byId(box).children].forEach((row, place) => row.turn(!off.has(String(place))));
  }
  const step = Number(parts.get("t"));
  if (PAGE.time && parts.get("t") !== null && step >= 0 && step <= STEPS) showUntil(step);
  if (parts.get("m") === "1") mask(true);
  applyFilters();
  if (nodeById.has(parts.get("s"))) select(parts.get("s"), true);
  else if (parts.get("n") !== null && PAGE.clusters[Number(parts.get("n"))]) selectCluster(Number(parts.get("n")), true);
}

function mask(on) {
  view.masked = on;
  byId("mask").setAttribute("aria-pressed", String(on));
  field.value = "";
  closeHits();
  makeLegend();
  showPanel();
  rememberInHash();
  network.redraw();
}

function showAll() {
  network.fit({ maxZoomLevel: 2, minZoomLevel: 0.02, animation: moving() });
}

byId("fit").onclick = showAll;
byId("mask").onclick = () => mask(!view.masked);
network.on("click", (event) => {
  if (event.nodes.length) select(event.nodes[0]);
  else if (view.selected || view.cluster !== null) select(null);
});

document.addEventListener("keydown", (event) => {
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "Escape") {
    select(null);
  } else if (event.key === "f" || event.key === "F") {
    showAll();
  } else if (event.key === "m" || event.key === "M") {
    mask(!view.masked);
  }
});

makeLegend();
makeTimeline();
network.once("afterDrawing", () => {
  document.body.dataset.ready = "1";
});
network.fit({ maxZoomLevel: 2, minZoomLevel: 0.02, animation: false });
restoreFromHash();
restoring = false;
window.clew = { network, view, select, selectCluster }; // for whoever looks closer with the browser's own tools
