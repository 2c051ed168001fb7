// The report, sorted by what is shown together.
const data = JSON.parse(document.getElementById('data').textContent);
const report = data.report;
const baseline = report.baseline;
const transports = Object.keys(data.transports);
const opponents = transports.filter(name => name !== baseline);
const isOffloads = report.experiment === 'offloads';

// One fixed place in the palette for each of the usual transports; others take what is left.
const places = {'remora-homa': 0, 'remora-tcp': 1, 'remora-tcp-16': 2, 'grpc-java': 3};
const taken = new Set(transports.map(name => places[name]).filter(place => place !== undefined));
const style = {};
for (const name of transports) {
  let place = places[name];
  if (place === undefined) {
    place = 0;
    while (taken.has(place)) place++;
    taken.add(place);
  }
  style[name] = {
    name, place, colour: `var(--c${place % 8})`, strong: name === baseline,
    label: data.transports[name].label, title: data.transports[name].title, column: data.transports[name].column,
  };
}

const at = (object, path) => path.split('.').reduce((value, key) => value == null ? value : value[key], object);

function median(values) {
  const sorted = values.filter(known).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (!sorted.length) return NaN;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// The rounds of a transport in a scenario. "used" are the valid ones; all, if none is, and then "valid" is false.
class Rounds {
  constructor(runs) {
    this.runs = runs;
    this.valid = runs.some(run => run.valid);
    this.used = this.valid ? runs.filter(run => run.valid) : runs;
  }
  // A group without messages has zeros for figures; they are none.
  values(path) {
    const group = path.slice(0, Math.max(0, path.indexOf('.')));
    return this.used.filter(run => !group || at(run, group).count !== 0).map(run => at(run, path)).filter(known);
  }
  median(path) { return median(this.values(path)); }
  range(path) { const values = this.values(path); return [Math.min(...values), Math.max(...values)]; }
  // The round whose short messages fared neither best nor worst: it stands for the others where rounds cannot be mixed.
  typical() {
    const key = run => at(run, 'shortest50.p99Us') ?? 0;
    const sorted = [...this.used].sort((a, b) => key(a) - key(b));
    return sorted[(sorted.length - 1) >> 1];
  }
}

const severalLoads = new Set(data.scenarios.map(scenario => scenario.load)).size > 1;
const scenarios = data.scenarios.map((scenario, index) => {
  const by = {};
  for (const name of transports) {
    const runs = report.runs.filter(run =>
      run.transport === name && run.workload === scenario.workload && run.load === scenario.load);
    if (runs.length) by[name] = new Rounds(runs);
  }
  const ratios = report.ratios.filter(ratio => ratio.workload === scenario.workload && ratio.load === scenario.load);
  return {
    ...scenario, index, by, ratios,
    present: transports.filter(name => by[name]),
    title: scenario.name + (scenario.origin ? ' · ' + scenario.origin : ''),
    short: scenario.name + (severalLoads ? ' ' + scenario.loadTitle : ''),
    ratio: (opponent, metric) => ratios.find(ratio => ratio.opponent === opponent && ratio.metric === metric),
  };
});
// The workload of the headline. Where charts would not fill their last row it goes first, over the whole width.
const featured = scenarios.find(scenario =>
  data.headline.chosen && scenario.workload === data.headline.chosen.workload && scenario.load === data.headline.chosen.load) || scenarios[0];
const leader = drawn => drawn.length % 2 === 0 ? null : drawn.includes(featured) ? featured : drawn[0];
const leadFirst = drawn => [...drawn].sort((a, b) => (b === leader(drawn)) - (a === leader(drawn)));
const leads = (drawn, scenario) => scenario === leader(drawn) ? 'lead-chart' : '';
const invalidRuns = report.runs.filter(run => !run.valid);
const scenarioOf = run => scenarios.find(scenario => scenario.workload === run.workload && scenario.load === run.load);
