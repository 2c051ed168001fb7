// What was the same for all, what was not, how it was measured, and what the words mean.
function fairnessSection() {
  if (!report.fairness.length) return null;
  const all = report.fairness.some(line => transports.some(name => name in line.byTransport));
  const wrap = table('What each transport had', ['Topic', ...(all ? transports.map(name => style[name].label) : []), 'Equal?', 'What it means'],
    report.fairness.map(line => [line.topic, ...(all ? transports.map(name => line.byTransport[name] ?? '–') : []),
      h('span', {class: line.equal ? 'equal' : 'unequal'}, line.equal ? '= equal' : '≠ differs'), line.remark]), {class: 'fairness'});
  return section('fairness', 'Was it fair?', 'What all had in common, and where they differ on purpose or of need.', wrap);
}

function facts(entries) {
  return h('dl', {class: 'facts-list'}, entries.filter(([, value]) => value !== '' && value !== undefined && value !== null)
    .map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

function methodSection() {
  const {method, testbed} = report;
  return section('method', 'Method and machine', '',
    h('div', {class: 'grid-2'},
      h('div', {}, h('h3', {}, 'Method'), facts([
        ['Loop', method.loop === 'open' ? 'open: calls begin when they are due, whether or not earlier ones have ended' : 'closed: a call follows the end of another'],
        ['Measured', `${digits(method.seconds)} s per run, after ${digits(method.warmUpSeconds)} s of warm-up; ${method.rounds} round${method.rounds === 1 ? '' : 's'}`],
        ['Response', method.responseBytes ? bytes(method.responseBytes) : 'as large as the request'],
        ['Base of the slowdown', duration(method.baseUs)],
        ['Seed', `${method.seed}, plus round − 1; the same for all transports of a round`]])),
      h('div', {}, h('h3', {}, 'Testbed'), facts([
        ['Hosts', `${testbed.clients} clients and ${testbed.servers} server${testbed.servers === 1 ? '' : 's'}, ${testbed.pattern}, ` + (testbed.kind === 'namespaces' ? 'each in a network namespace of its own, behind a switch' : 'as processes of one host')],
        ['Links', testbed.linkMbps ? mbps(testbed.linkMbps) : 'not limited'],
        ['Switch buffer', testbed.bufferBytes ? bytes(testbed.bufferBytes) + ' per port and priority' : 'unknown'],
        ['MTU', bytes(testbed.mtu)], ['TCP', testbed.congestionControl],
        ['Priorities', testbed.priorities ? 'switch ports obey DSCP' : 'none']])),
      h('div', {}, h('h3', {}, 'Machine'), facts(Object.entries(report.machine))),
      h('div', {}, h('h3', {}, 'To measure it again'), h('pre', {tabindex: '0'}, h('code', {}, report.command)))));
}

function readingSection() {
  return section('reading', 'How to read it', '', h('dl', {class: 'terms'},
    h('dt', {}, 'Latency'), h('dd', {}, 'from the intended start of a call to the end of its response. Waiting that an overloaded client causes counts.'),
    h('dt', {}, 'Short messages, largest tenth'), h('dd', {}, 'the shorter half of all messages by size, and the sizes that only the largest tenth reaches.'),
    h('dt', {}, 'Slowdown'), h('dd', {}, `latency divided by (base + bytes × 8 / link), base being the best round trip of the smallest message on the idle testbed by any transport, ${duration(report.method.baseUs)}. It is the same for all, as in the benchmark of the Linux kernel module: a transport with a slow start shows it.`),
    h('dt', {}, 'Slowdown “alone”'), h('dd', {}, 'latency divided by the median of a message of that size, by the same transport on the idle testbed, as in the SIGCOMM 2018 paper: 1 is ideal, and shows waiting only. In runs.csv and report.json as aloneP50 and aloneP99.'),
    h('dt', {}, 'Ratio'), h('dd', {}, 'taken within each round, where both had the same messages at the same instants; then the median of the rounds, with the least and greatest beside it. Above 1 the baseline is better. “About equal” stands where the ratio is within 10 % of 1, or rounds disagree on who is better.'),
    h('dt', {}, 'Valid'), h('dd', {}, 'a run in which nothing else disturbed the machine and the load was offered on time. Others are left out of medians and ratios; where no valid one is left they are shown dashed, hatched or hollow, and may not be quoted.'),
    h('dt', {}, 'Goodput'), h('dd', {}, 'bytes of messages delivered per second, both directions, without headers.'),
    h('dt', {}, 'Grants'), h('dd', {}, 'packets by which a Homa receiver lets senders go on; TCP has none.')));
}

function notesSection() {
  if (!report.notes.length) return null;
  return section('notes', 'Before you quote this', '', h('ul', {class: 'notes'}, report.notes.map(note => h('li', {}, note))));
}
