// The same seconds in five small charts, for one workload at a time: a reader compares them down the page.
const moments = [
  {field: 'shortP99Us', title: 'P99 of short messages', text: duration, log: true, lead: true},
  {field: 'goodputMbps', title: 'Goodput, Mbit/s', text: mbps},
  {field: 'grants', title: 'Grants sent per second', text: count},
  {field: 'retransmissions', title: 'Sent again, per second', text: count},
  {field: 'cpuPercent', title: 'CPU, per cent of the machine', text: value => digits(value) + ' %'},
];

function timeChart(scenario, width, moment) {
  const lines = [];
  const values = [];
  // Nothing was measured where a percentile is 0: no message ended.
  const value = each => moment.log && !(each[moment.field] > 0) ? NaN : each[moment.field];
  let last = 1;
  for (const name of scenario.present) {
    const rounds = scenario.by[name];
    const typical = rounds.typical();
    for (const run of rounds.runs) {
      const points = run.series.map(each => [each.second, value(each)]);
      values.push(...points.map(([, y]) => y));
      last = Math.max(last, ...points.map(([x]) => x));
      lines.push({look: style[name], points, thin: run !== typical, dashed: !run.valid});
    }
  }
  const y = moment.log ? logScale(values) : linearScale(values);
  const x = linear(0, last);
  const every = roundedUp(last / 6);
  x.ticks = [];
  for (let second = 0; second <= last; second += every) x.ticks.push({value: second, text: Number(second.toPrecision(3)) + (second ? '' : ' s')});
  return lineChart({
    label: `${moment.title} over time, ${scenario.title}`, width, height: width > 700 ? 220 : 180, lines, yTitle: moment.title, xTitle: '',
    x, y: {...y, ticks: y.ticks.map(tick => ({value: tick, text: moment.log ? tickDuration(tick) : count(tick).replace(' ', '')}))},
    cursor: {
      stops: scenario.by[scenario.present[0]].typical().series.map(each => each.second),
      describe: second => ({title: `second ${digits(second)}`, rows: scenario.present.map(name => {
        const own = scenario.by[name].typical().series.find(each => Math.abs(each.second - second) < 0.5);
        return {colour: style[name].colour, name: style[name].label, value: own ? moment.text(value(own)) : '–'};
      })}),
    },
  });
}

function timeSection() {
  const drawn = scenarios.filter(scenario => scenario.present.some(name => scenario.by[name].runs.some(run => run.series.length)));
  if (!drawn.length) return null;
  let scenario = drawn.includes(featured) ? featured : drawn[0];
  const hosts = moments.map(moment => chart('', width => timeChart(scenario, width, moment)));
  const rows = () => scenario.present.flatMap(name => scenario.by[name].typical().series.map(each =>
    [digits(each.second), style[name].title, ...moments.map(moment => moment.text(each[moment.field]))]));
  const place = h('div', {});
  const fresh = () => place.replaceChildren(figures('Figures', () =>
    table('Every second of the middle round, ' + scenario.title, ['Second', 'Transport', ...moments.map(moment => moment.title)], rows())));
  fresh();
  return section('time', 'Over time', 'Whether a run was steady, and what it cost while it lasted.',
    drawn.length > 1 ? h('div', {class: 'controls'}, choice('Workload', drawn.map(each => [String(each.index), each.short]), String(scenario.index),
      value => { scenario = scenarios[Number(value)]; hosts.forEach(redraw); fresh(); })) : null,
    legend(transports, 'Bold: the middle round; thin: the others.'), h('div', {class: 'grid-2'}, hosts.map((host, i) => h('figure', {class: moments[i].lead ? 'lead-chart' : ''}, host))), place);
}
