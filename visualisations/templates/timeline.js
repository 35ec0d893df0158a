// "First seen up to": what was there by then. What has no time stays, and the page says how much that is.

const STEPS = 240;
const BARS = 30;
const SHORT = 3 * 86400; // a map of less than three days counts in minutes

function momentOf(step) {
  return step >= STEPS ? Infinity : PAGE.time.from + ((PAGE.time.to - PAGE.time.from) * step) / STEPS;
}

function dayOf(seconds) {
  const text = new Date(seconds * 1000).toISOString();
  return PAGE.time.to - PAGE.time.from < SHORT ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC` : text.slice(0, 10);
}

function showUntil(step) {
  byId("until").value = step;
  view.until = momentOf(step);
  byId("until-day").textContent = dayOf(Math.min(view.until, PAGE.time.to));
  [...byId("histogram").children].forEach((bar, i) => bar.classList.toggle("on", i / BARS <= step / STEPS));
}

function makeHistogram() {
  const counts = new Array(BARS).fill(0);
  for (const node of NODES) {
    if (node.first === null) continue;
    const share = (node.first - PAGE.time.from) / (PAGE.time.to - PAGE.time.from);
    counts[Math.min(BARS - 1, Math.floor(share * BARS))] += 1;
  }
  const highest = Math.max(...counts, 1);
  for (const count of counts) {
    const bar = element("i");
    bar.style.height = count ? `${Math.max(6, (100 * count) / highest)}%` : "1px";
    byId("histogram").append(bar);
  }
}

let playing = null;
function stopPlaying() {
  clearInterval(playing);
  playing = null;
  byId("play").textContent = "▶";
  byId("play").setAttribute("aria-label", "Play");
}

function play() {
  if (playing) return stopPlaying();
  let step = Number(byId("until").value);
  if (step >= STEPS) step = 0;
  byId("play").textContent = "❚❚";
  byId("play").setAttribute("aria-label", "Pause");
  playing = setInterval(() => {
    step = Math.min(STEPS, step + 4);
    showUntil(step);
    applyFilters();
    if (step >= STEPS) stopPlaying();
  }, 180);
  return undefined;
}

function makeTimeline() {
  if (!PAGE.time) return;
  byId("timeline").hidden = false;
  makeHistogram();
  const timeless = NODES.filter((node) => node.first === null).length;
  byId("timeless").hidden = !timeless;
  byId("timeless").textContent = `${counted(timeless, "node")} without a time ${timeless === 1 ? "stays" : "stay"} shown.`;
  byId("until").oninput = () => {
    showUntil(Number(byId("until").value));
    applyFilters();
  };
  byId("play").onclick = play;
  showUntil(STEPS);
}
