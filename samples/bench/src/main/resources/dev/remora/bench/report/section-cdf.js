// What share of the short messages was done after how long.
function shareAt(points, us) {
  let before = {us: 0, fraction: 0};
  for (const point of points) {
    if (point.us >= us) {
      const way = point.us === before.us ? 1 : (us - before.us) / (point.us - before.us);
      return before.fraction + way * (point.fraction - before.fraction);
    }
    before = point;
  }
  return points.length ? 1 : NaN;
}

function cdfChart(scenario, width, view) {
  const lines = [];
  const all = [];
  for (const name of scenario.present) {
    const rounds = scenario.by[name];
    const typical = rounds.typical();
    for (const run of rounds.runs) {
      const points = run.shortCdf.filter(point => known(point.us) && point.us > 0).map(point => [point.us, point.fraction]);
      all.push(...points.map(([us]) => us));
      lines.push({look: style[name], points, thin: run !== typical, dashed: !run.valid});
    }
  }
  const x = logScale(all);
  const y = view === 'tail' ? tail(0.9995) : linear(0, 1);
  const shares = view === 'tail' ? [0, 0.5, 0.9, 0.99, 0.999] : [0, 0.25, 0.5, 0.75, 1];
  const stops = Array.from({length: 81}, (_, i) => x.low * (x.high / x.low) ** (i / 80));
  return lineChart({
    label: `Distribution of the latency of short messages, ${scenario.title}`, width, height: width > 700 ? 320 : 260, lines,
    x: {...x, ticks: x.ticks.map(value => ({value, text: tickDuration(value)}))}, xTitle: 'latency, logarithmic',
    y: {...y, ticks: shares.map(value => ({value, text: percent(value)}))}, yTitle: 'share of short messages done',
    cursor: {stops, describe: us => ({title: 'within ' + duration(us), rows: scenario.present.map(name => ({
      colour: style[name].colour, name: style[name].label, value: percent(shareAt(scenario.by[name].typical().shortCdf, us))}))})},
  });
}

function cdfSection() {
  const drawn = scenarios.filter(scenario => scenario.present.some(name => scenario.by[name].runs.some(run => run.shortCdf.length)));
  if (!drawn.length) return null;
  let view = 'all';
  const hosts = [];
  const shares = [0.1, 0.5, 0.9, 0.99, 0.999];
  const latencyAt = (points, share) => (points.find(point => point.fraction >= share) || {}).us;
  const grid = h('div', {class: 'grid-2'}, leadFirst(drawn).map(scenario => {
    const host = chart('', width => cdfChart(scenario, width, view));
    hosts.push(host);
    return h('figure', {class: leads(drawn, scenario)}, h('figcaption', {}, scenario.title, severalLoads ? ', ' + scenario.loadTitle : ''), host,
      figures('Figures', () => table(`Latency of short messages, ${scenario.title}`, ['Transport', ...shares.map(percent)],
        scenario.present.map(name => [style[name].title, ...shares.map(share => duration(latencyAt(scenario.by[name].typical().shortCdf, share)))]))));
  }));
  return section('cdf', 'How short messages fare, all of them',
    'The share of the shorter half of messages that were done after a time. The further left a line, the better; the tail view gives the slowest tenth its room.',
    h('div', {class: 'controls'}, choice('Scale', [['all', 'All'], ['tail', 'Tail']], view, value => { view = value; hosts.forEach(redraw); })),
    legend(transports, 'Bold: the middle round; thin: the others.' + (invalidRuns.length ? ' Dashed: not valid.' : '')), grid);
}
