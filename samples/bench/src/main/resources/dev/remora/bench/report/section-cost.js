// What was delivered, and for how much of the processors' time.
function bars(scenario, metric) {
  return scenario.present.map(name => {
    const rounds = scenario.by[name];
    const [low, high] = rounds.range(metric);
    return {look: style[name], value: rounds.median(metric), low, high, valid: rounds.valid};
  });
}

function costFigures(title, metric, text, reference) {
  return h('div', {class: 'column'}, h('h3', {}, title), scenarios.map(scenario => h('figure', {}, h('figcaption', {}, scenario.short),
    chart('', width => barChart({label: `${title}, ${scenario.title}`, width, bars: bars(scenario, metric), text, reference: reference ? reference(scenario) : null})))));
}

function costSection() {
  const offered = scenario => {
    const value = median(scenario.present.flatMap(name => scenario.by[name].values('offeredMbps')));
    return scenario.load > 0 && known(value) ? {value, name: 'offered'} : null;
  };
  const columns = [['goodputMbps', 'Goodput', mbps], ['callsPerSecond', 'Calls', value => count(value) + '/s'], ['resources.cpuUsPerCall', 'CPU per call', duration],
    ['resources.cpuIdlePercent', 'CPU idle', value => digits(value) + ' %'], ['resources.drops', 'Drops', count], ['resources.retransmissions', 'Sent again', count]];
  return section('cost', 'Throughput and CPU', 'The dark rule in a bar spans the rounds.' + (invalidRuns.length ? ' Hatched: not valid.' : ''),
    h('div', {class: 'grid-2'}, costFigures('Goodput', 'goodputMbps', mbps, offered),
      costFigures('CPU time per call, all processes and the kernel', 'resources.cpuUsPerCall', duration)),
    figures('Figures', () => table('Throughput and resources, medians of the rounds', ['Workload', 'Transport', ...columns.map(([, title]) => title)],
      scenarios.flatMap(scenario => scenario.present.map(name => [scenario.short, style[name].title + (scenario.by[name].valid ? '' : ' (not valid)'),
        ...columns.map(([path, , text]) => text(scenario.by[name].median(path)))])))));
}
