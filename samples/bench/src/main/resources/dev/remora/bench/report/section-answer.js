// The question, the answer in a sentence and a picture, and what forbids to quote it.
function answerSection() {
  const testbed = report.testbed;
  const link = testbed.linkMbps ? mbps(testbed.linkMbps) + ' links' : 'links not limited';
  const facts = [report.created.replace(/\[.*/, '').replace('T', ' '), `${testbed.clients} client${testbed.clients === 1 ? '' : 's'}, ${testbed.servers} server${testbed.servers === 1 ? '' : 's'} (${testbed.pattern})`,
    link, `${report.method.loop} loop, ${report.method.rounds} round${report.method.rounds === 1 ? '' : 's'} of ${digits(report.method.seconds)} s`];
  return h('header', {class: 'answer-block'},
    h('div', {class: 'topline'}, h('span', {class: 'brand'}, isOffloads ? 'Remora · offloads compared' : 'Remora · A/B report'), themeButton()),
    h('h1', {}, data.headline.question),
    // A name with a hyphen must not break in large type.
    h('p', {class: 'answer'}, data.headline.answer.replace(/(\w)-(\w)/g, '$1\u2011$2')),
    data.headline.range ? h('p', {class: 'range'}, data.headline.range) : null,
    h('p', {class: 'facts'}, facts.map(fact => h('span', {}, fact))),
    warnings());
}

function warnings() {
  if (!data.headline.warnings.length) return null;
  return h('div', {class: 'warning', role: 'note', id: 'validity'},
    h('strong', {}, 'Not all of this may be quoted'),
    h('ul', {}, data.headline.warnings.map(text => h('li', {}, text))),
    invalidRuns.length ? h('details', {}, h('summary', {}, 'Which runs, and why'), h('ul', {}, invalidRuns.map(run =>
      h('li', {}, h('b', {}, `${style[run.transport].title}, ${scenarioOf(run).short}, round ${run.round}: `), run.reasons.join(' '))))) : null);
}

function overviewSection() {
  const throughput = isOffloads;
  const metric = throughput ? (report.ratios.some(ratio => ratio.metric === 'goodputMbps') ? 'goodputMbps' : 'callsPerSecond') : 'shortest50.p99Us';
  const text = throughput ? (metric === 'goodputMbps' ? mbps : value => count(value) + '/s') : duration;
  const rows = scenarios.map(scenario => {
    const ratios = opponents.map(name => scenario.ratio(name, metric)).filter(ratio => ratio && ratio.valid && known(ratio.median)).map(ratio => ratio.median);
    const low = Math.min(...ratios);
    const high = Math.max(...ratios);
    return {
      name: scenario.short, under: scenario.origin.split(' at ')[0].replace('all applications of a Google data centre', 'data centre mix').replace(' application', ''),
      note: !ratios.length ? 'no valid ratio' : times(low) === times(high) ? factor(high) : `${times(low)} to ${factor(high)}`,
      dots: scenario.present.map(name => {
        const rounds = scenario.by[name];
        const [least, greatest] = rounds.range(metric);
        const ratio = scenario.ratio(name, metric);
        return {look: style[name], value: rounds.median(metric), low: least, high: greatest, valid: rounds.valid, ratio: ratio && ratio.median};
      }),
    };
  });
  const title = throughput ? (metric === 'goodputMbps' ? 'Goodput' : 'Calls per second') : 'P99 latency of the shorter half of messages';
  return section('overview', throughput ? 'Throughput at a glance' : 'How long short messages wait at worst',
    title + ' by workload. On the right, the baseline’s advantage over the others.',
    legend(transports, invalidRuns.length ? 'hollow: not valid' : ''),
    chart('wide', width => dotChart({label: title + ' by workload and transport', width, rows, text, tickText: throughput ? text : tickDuration, xTitle: title + ', logarithmic'})),
    figures('Figures of this chart', () => table(title, ['Workload', ...transports.map(name => style[name].title)],
      scenarios.map(scenario => [scenario.short, ...transports.map(name => scenario.by[name] ? text(scenario.by[name].median(metric)) : '–')]))));
}
