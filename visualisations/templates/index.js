// The list of likely networks: search, order, and as many lines at a time as a page bears.

const AT_ONCE = 200;
const NAMED = 12; // accounts named for a network without a map of its own; search goes through all that the file has
const NETWORKS = readData("data-networks");
const table = document.querySelector("#networks tbody");
const listing = { shown: NETWORKS, by: "size", descending: true, limit: AT_ONCE, masked: false, words: "", digits: null };

for (const network of NETWORKS) {
  const values = network.shared.flatMap((kind) => [...kind.names, ...kind.searched]);
  const words = [network.id, network.words, network.key, ...network.members, ...network.platforms, ...values];
  network.folded = folded(words.join("\n"));
  network.digits = values.join("\n").replace(/[^\d\n]/g, "");
}

const SORTED_BY = {
  number: (network) => network.number,
  name: (network) => folded(network.key),
  size: (network) => network.size,
  shared: (network) => network.sharedInAll,
  pairs: (network) => network.pairs,
  first: (network) => network.first || "",
  last: (network) => network.last || "",
};

function named(text) {
  return element("bdi", {}, listing.masked ? "hidden" : text);
}

// Names stand apart from each other and from our words, so that one that is written from right to left turns nothing.
function enumerated(label, names, inAll) {
  if (!inAll) return null;
  const made = element("p", { class: "held" }, `${label}: `);
  if (listing.masked) {
    made.append(`${inAll.toLocaleString("en")}, hidden while names are masked`);
    return made;
  }
  names.forEach((name, i) => made.append(i ? ", " : "", named(name)));
  if (inAll > names.length) made.append(` and ${(inAll - names.length).toLocaleString("en")} more`);
  return made;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

// A value that was looked for and is none of those named: why the network is among those found.
function foundHere(network) {
  if (!listing.words || listing.masked) return [];
  return network.shared.map(({ kind, names, searched }) => {
    const hits = searched.slice(names.length).filter((value) => folded(value).includes(listing.words)
      || (listing.digits && value.replace(/\D/g, "").includes(listing.digits)));
    return enumerated(`Found among its ${kind}`, hits.slice(0, NAMED), hits.length);
  });
}

function bridges(network) {
  if (!network.shares.length) return null;
  const several = network.shares.length + network.sharesMore > 1;
  const made = element("p", { class: "held" }, `Shares values with likely network${several ? "s" : ""} `);
  network.shares.forEach(({ what, number, page }, i) => {
    const other = String(number);
    made.append(i ? ", " : "", page ? element("a", { href: page }, other) : other, ` (${what})`);
  });
  if (network.sharesMore) made.append(` and ${counted(network.sharesMore, "more", "more")}`);
  return made;
}

function line(network) {
  const mark = element("span", { class: "mark" }, String(network.number));
  mark.style.background = network.colour;
  const words = element("div", { class: "words" }, network.words);
  const page = network.page ? element("a", { href: network.page }, "Open its map") : "no map of its own";
  return element("tr", { "data-id": network.id },
    element("td", { class: "figure" }, mark),
    element("td", { class: "which" }, words,
      element("p", { class: "held" }, network.standsOut ? "Hangs most on " : "No account stands out; first of equals ",
        element("b", {}, named(network.key)), ` · ${network.id} · `, page),
      ...network.shared.map(({ kind, names, inAll }) => enumerated(capital(kind), names, inAll)),
      ...foundHere(network),
      network.page ? null : enumerated("Accounts by rank", network.members.slice(0, NAMED), network.size),
      bridges(network)),
    element("td", { class: "figure" }, network.size.toLocaleString("en")),
    element("td", { class: "figure" }, network.sharedInAll.toLocaleString("en")),
    element("td", { class: "figure" }, network.pairs.toLocaleString("en")),
    element("td", { class: "when" }, network.first || "no times"),
    element("td", { class: "when" }, network.last || ""));
}

function showList() {
  table.replaceChildren(...listing.shown.slice(0, listing.limit).map(line));
  const left = listing.shown.length - listing.limit;
  byId("more").hidden = left <= 0;
  byId("more").textContent = `Show ${Math.min(left, AT_ONCE).toLocaleString("en")} more of ${left.toLocaleString("en")}`;
  byId("count").textContent = listing.shown.length === NETWORKS.length
    ? counted(NETWORKS.length, "likely network")
    : `${listing.shown.length.toLocaleString("en")} of ${counted(NETWORKS.length, "likely network")}`;
  document.body.dataset.networks = listing.shown.length;
}

function order() {
  const value = SORTED_BY[listing.by];
  const way = listing.descending ? -1 : 1;
  listing.shown.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === y) return a.number - b.number;
    return (x < y ? -1 : 1) * way;
  });
}

function search() {
  const words = listing.words = folded(byId("search").value.trim());
  const digits = listing.digits = numberSought(words);
  listing.shown = NETWORKS.filter((network) => network.folded.includes(words) || (digits && network.digits.includes(digits)));
  listing.limit = AT_ONCE;
  order();
  showList();
}

function sortBy(button) {
  const same = listing.by === button.dataset.sort;
  listing.by = button.dataset.sort;
  listing.descending = same ? !listing.descending : !["number", "name"].includes(listing.by);
  for (const other of document.querySelectorAll("[data-sort]")) other.removeAttribute("aria-sort");
  button.setAttribute("aria-sort", listing.descending ? "descending" : "ascending");
  order();
  showList();
}

function maskNames() {
  listing.masked = !listing.masked;
  byId("mask").setAttribute("aria-pressed", String(listing.masked));
  for (const cell of document.querySelectorAll(".maskable")) {
    cell.dataset.name = cell.dataset.name || cell.textContent;
    cell.textContent = listing.masked ? "hidden" : cell.dataset.name;
  }
  showList();
}

function start() {
  byId("search").oninput = search;
  byId("mask").onclick = maskNames;
  byId("more").onclick = () => {
    listing.limit += AT_ONCE;
    showList();
  };
  for (const button of document.querySelectorAll("[data-sort]")) button.onclick = () => sortBy(button);
  document.addEventListener("keydown", (event) => {
    const writing = event.target.tagName === "INPUT";
    if (event.key === "Escape" && writing) {
      byId("search").value = "";
      search();
      byId("search").blur();
    } else if (event.key === "/" && !writing) {
      event.preventDefault();
      byId("search").focus();
      byId("search").select();
    } else if (event.key.toLowerCase() === "m" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      maskNames();
    }
  });
  // On paper nothing can be pressed: all lines are there.
  window.addEventListener("beforeprint", () => {
    listing.limit = Infinity;
    showList();
  });
  listing.shown = NETWORKS.slice();
  order();
  showList();
}

if (table) start();
document.body.dataset.ready = "1";
