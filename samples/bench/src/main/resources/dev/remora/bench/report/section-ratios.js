// The comparison: ratios large, what they were made of small beneath.
const titles = Object.fromEntries(data.metrics.map(metric => [metric.key, metric]));
const metricOf = key => titles[key] || {key, title: key, unit: /Us$/.test(key) ? 'us' : ''};

function metricsOf(scenario) {
  const found = [...new Set(scenario.ratios.map(ratio => ratio.metric))];
  const order = data.metrics.map(metric => metric.key);
  const rank = key => order.includes(key) ? order.indexOf(key) : order.length;
  return found.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).map(metricOf);
}

function ratioCell(scenario, opponent, metric) {
  const ratio = scenario.ratio(opponent, metric.key);
  const rounds = scenario.by[opponent];
  if (!ratio || !known(ratio.median)) return h('span', {class: 'none'}, '–');
  const near = ratio.median < 1.1 && ratio.median > 1 / 1.1;
  const split = ratio.rounds > 1 && ratio.least < 1 && ratio.greatest > 1;
  const kind = !ratio.valid ? 'invalid' : near || split ? 'same' : ratio.median > 1 ? 'better' : 'worse';
  const words = {invalid: 'not valid', same: near ? 'about equal' : 'not in all rounds', better: '', worse: 'worse'}[kind];
  return h('span', {class: 'ratio ' + kind},
    h('b', {}, factor(ratio.median)), words ? h('span', {class: 'word'}, words) : null,
    h('span', {class: 'under'}, h('span', {}, rounds ? inUnit(metric.unit, rounds.median(metric.key)) : ''),
      ratio.rounds > 1 && times(ratio.least) !== times(ratio.greatest) ? h('span', {class: 'spread'}, `${times(ratio.least)} to ${factor(ratio.greatest)}`) : null));
}

function ratioTable(scenario) {
  const against = opponents.filter(name => scenario.by[name]);
  const base = scenario.by[baseline];
  const rows = metricsOf(scenario).map(metric => [metric.title,
    h('span', {class: 'base'}, base ? inUnit(metric.unit, base.median(metric.key)) : '–'),
    ...against.map(name => ratioCell(scenario, name, metric))]);
  const wrap = table(`${scenario.title}, ${scenario.loadTitle}`, ['', style[baseline] ? style[baseline].column : baseline, ...against.map(name => style[name].column)], rows, {class: 'ratios'});
  // Where the table is folded for a narrow screen, each cell says whose it is.
  const heads = [...wrap.querySelectorAll('thead th')];
  heads.forEach((head, i) => { if (i) head.prepend(h('span', {class: 'swatch', vars: {'--c': style[[baseline, ...against][i - 1]]?.colour || 'currentColor'}})); });
  for (const row of wrap.querySelectorAll('tbody tr')) {
    [...row.querySelectorAll('td')].forEach((cell, i) => cell.setAttribute('data-of', style[[baseline, ...against][i]]?.column || ''));
  }
  return wrap;
}

function ratiosSection() {
  return section('ratios', 'The comparison',
    h('span', {}, 'Each figure says how many times better ', h('b', {}, style[baseline] ? style[baseline].title : baseline),
      ' does than the transport of that column: above 1 its latency, slowdown or CPU time is lower, or its throughput higher. Beneath it stands what the other transport measured, and the least and greatest ratio of any round. Below 1 the baseline is worse.'),
    scenarios.some(scenario => scenario.ratios.length) ? scenarios.filter(scenario => scenario.ratios.length).map(ratioTable)
      : h('p', {}, 'There is no ratio: in no round were two transports measured.'));
}
