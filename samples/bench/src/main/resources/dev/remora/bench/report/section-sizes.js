// Slowdown and latency against message size. Each size takes as much width as its share of messages, as in the Homa papers.
const percentiles = [['P50', 'P50'], ['P99', 'P99'], ['P999', 'P99.9']];
const slowdownField = {P50: 'slowdownP50', P99: 'slowdownP99', P999: 'slowdownP999'};
const latencyField = {P50: 'p50Us', P99: 'p99Us', P999: 'p999Us'};
const percentileName = Object.fromEntries(percentiles);

// All rounds' bins of a transport, as one list with median, least and greatest.
function mixedBins(rounds, field) {
  return rounds.used[0].sizes.map((bin, i) => {
    const values = rounds.used.map(run => run.sizes[i]).filter(other => other && other.count > 0).map(other => other[field]).filter(known);
    return {...bin, middle: (bin.fromFraction + bin.toFraction) / 2, value: median(values), least: Math.min(...values), greatest: Math.max(...values),
      messages: rounds.used.reduce((sum, run) => sum + (run.sizes[i] ? run.sizes[i].count : 0), 0)};
  });
}

// To the edges of the outermost sizes: the line covers all messages.
function edgeToEdge(bins, pick) {
  if (!bins.length) return [];
  const first = bins[0];
  const last = bins[bins.length - 1];
  return [[first.fromFraction, ...pick(first)], ...bins.map(bin => [bin.middle, ...pick(bin)]), [last.toFraction, ...pick(last)]];
}

function sizeTicks(scenario) {
  const bins = scenario.by[scenario.present[0]].used[0].sizes;
  const ticks = [];
  let before = '';
  for (let tenth = 0; tenth <= 10; tenth++) {
    const bin = tenth === 0 ? bins[0] : bins.find(each => each.toFraction >= tenth / 10 - 1e-3);
    const text = bin ? compact(tenth === 0 ? bin.fromBytes : bin.toBytes) : '';
    ticks.push({value: tenth / 10, text: text === before && tenth < 10 ? '' : text});
    before = text || before;
  }
  return ticks;
}

function sizeChart(scenario, width, fields, percentile, y, yTitle, text, height) {
  const field = fields[percentile];
  const lines = [];
  const bands = [];
  const binsOf = {};
  for (const name of scenario.present) {
    const rounds = scenario.by[name];
    const bins = binsOf[name] = mixedBins(rounds, field);
    lines.push({look: style[name], dashed: !rounds.valid, points: edgeToEdge(bins, bin => [bin.value]),
      marks: bins.filter(bin => bin.toFraction - bin.fromFraction > 0.02).map(bin => [bin.middle, bin.value])});
    if (rounds.used.length > 1) bands.push({look: style[name], points: edgeToEdge(bins, bin => [bin.least, bin.greatest])});
    for (const run of rounds.valid ? rounds.runs.filter(each => !each.valid) : []) {
      lines.push({look: style[name], thin: true, dashed: true, points: edgeToEdge(mixedBins(new Rounds([run]), field), bin => [bin.value])});
    }
  }
  const some = binsOf[scenario.present[0]];
  return lineChart({
    label: `${yTitle} against message size, ${scenario.title}, ${percentileName[percentile]}`, width, height, y, yTitle, lines, bands, labels: true,
    x: {...linear(0, 1), ticks: sizeTicks(scenario)}, xTitle: 'message size in bytes; a tick per tenth of messages',
    cursor: {
      stops: some.map(bin => bin.middle),
      describe: middle => {
        const bin = some.find(each => each.middle === middle);
        return {
          title: `${bin.fromBytes === bin.toBytes ? bytes(bin.toBytes) : bytes(bin.fromBytes) + ' to ' + bytes(bin.toBytes)} · ${percent(bin.toFraction - bin.fromFraction)} of messages`,
          rows: scenario.present.map(name => {
            const own = binsOf[name].find(each => each.middle === middle);
            return {colour: style[name].colour, name: style[name].label, value: own ? text(own.value) : '–',
              more: own && own.greatest > own.least ? `${text(own.least)} – ${text(own.greatest)}` : ''};
          }),
        };
      },
    },
  });
}

function sizeSection(id, title, lead, fields, least, yTitle, text, tickText) {
  let percentile = 'P99';
  const drawn = scenarios.filter(scenario => scenario.present.some(name => scenario.by[name].used[0].sizes.length));
  if (!drawn.length) return null;
  const values = drawn.flatMap(scenario => scenario.present.flatMap(name => scenario.by[name].used.flatMap(run =>
    run.sizes.filter(bin => bin.count > 0).flatMap(bin => percentiles.map(([key]) => bin[fields[key]])))));
  const y = logScale(values, least);
  y.ticks = y.ticks.map(value => ({value, text: tickText(value)}));
  const hosts = [];
  const grid = h('div', {class: 'grid-2'}, leadFirst(drawn).map(scenario => {
    const host = chart('', width => sizeChart(scenario, width, fields, percentile, y, yTitle, text, width > 700 ? 360 : 290));
    hosts.push(host);
    return h('figure', {class: leads(drawn, scenario)}, h('figcaption', {}, scenario.title, severalLoads ? ', ' + scenario.loadTitle : ''), host,
      figures('Figures', () => table(`${title}, ${scenario.title}`, ['Size', 'Messages', ...scenario.present.flatMap(name => percentiles.map(([, text]) => `${style[name].label} ${text}`))],
        scenario.by[scenario.present[0]].used[0].sizes.map((bin, i) => [bytes(bin.toBytes), percent(bin.toFraction - bin.fromFraction),
          ...scenario.present.flatMap(name => percentiles.map(([key]) => { const own = mixedBins(scenario.by[name], fields[key])[i]; return own ? text(own.value) : '–'; }))]))));
  }));
  return section(id, title, lead,
    h('div', {class: 'controls'}, choice('Percentile', percentiles, percentile, value => { percentile = value; hosts.forEach(redraw); })),
    legend(transports, 'Line: median of the rounds; shade: least to greatest.' + (invalidRuns.length ? ' Dashed: not valid.' : '')), grid);
}

const slowdownSection = () => sizeSection('slowdown', 'Slowdown by message size',
  'How many times longer a message took than the best it could hope for on an idle network. Small messages stand on the left, and the scale is the same in all charts.',
  slowdownField, undefined, 'slowdown (times)', factor, compact);
const latencySection = () => sizeSection('latency', 'Latency by message size',
  'The same messages in time: from the intended start of the call to the end of its response.',
  latencyField, undefined, 'latency', duration, tickDuration);
