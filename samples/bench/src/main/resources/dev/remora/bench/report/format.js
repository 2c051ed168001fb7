// Numbers for people: three digits, and a unit that keeps them short.
const known = value => typeof value === 'number' && Number.isFinite(value);

function digits(value) {
  if (!known(value)) return '–';
  const size = Math.abs(value);
  const places = size >= 99.5 || size === 0 ? 0 : size >= 9.95 ? 0 : size >= 0.995 ? 1 : size >= 0.0995 ? 2 : 3;
  return value.toFixed(places);
}

function duration(us) {
  if (!known(us)) return '–';
  if (us >= 1e6) return digits(us / 1e6) + ' s';
  return us >= 1e3 ? digits(us / 1e3) + ' ms' : digits(us) + ' µs';
}

// Two digits: a ratio of medians has no more.
const times = value => known(value) ? digits(value >= 100 ? Number(value.toPrecision(2)) : value) : '–';
const factor = value => known(value) ? times(value) + '×' : '–';
const percent = share => known(share) ? Number((share * 100).toPrecision(3)) + ' %' : '–';
const mbps = value => !known(value) ? '–' : value >= 1e4 ? digits(value / 1e3) + ' Gbit/s' : digits(value) + ' Mbit/s';

function count(value) {
  if (!known(value)) return '–';
  if (value >= 1e6) return digits(value / 1e6) + ' M';
  return value >= 1e4 ? digits(value / 1e3) + ' k' : digits(value);
}

function bytes(value) {
  if (!known(value)) return '–';
  if (value >= 1e6) return Number((value / 1e6).toPrecision(3)) + ' MB';
  return value >= 1e4 ? Number((value / 1e3).toPrecision(3)) + ' kB' : value + ' B';
}

// For the ticks of an axis, whose title has the unit.
function compact(value) {
  if (value >= 1e6) return Number((value / 1e6).toPrecision(2)) + 'M';
  return value >= 1e3 ? Number((value / 1e3).toPrecision(2)) + 'k' : String(Number(value.toPrecision(3)));
}

const tickDuration = us => duration(us).replace('.0 ', ' ');

const byUnit = {us: duration, Mbps: mbps, perSecond: value => count(value) + '/s', x: factor};
const inUnit = (unit, value) => (byUnit[unit] || digits)(value);
