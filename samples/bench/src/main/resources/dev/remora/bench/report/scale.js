// From a value to a place between 0 and 1, with ticks where a reader expects them.
const linear = (low, high) => ({low, high, place: value => (value - low) / (high - low || 1)});
const logarithmic = (low, high) => ({
  low, high, log: true, place: value => Math.log(Math.max(value, low) / low) / Math.log(high / low),
});
// Shares so that 90 %, 99 % and 99.9 % stand equally far apart.
const tail = most => ({low: 0, high: most, place: value => Math.log10(1 - Math.min(value, most)) / Math.log10(1 - most)});

const steps = [1, 2, 5, 10];
function roundedUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return steps.find(step => step * power >= value * 0.9999) * power;
}
function roundedDown(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [...steps].reverse().find(step => step * power <= value * 1.0001) * power;
}

// A logarithmic scale around the values, with powers of ten as ticks, and 2 and 5 times them if that leaves few.
function logScale(values, least) {
  const positive = values.filter(value => known(value) && value > 0);
  const low = least || roundedDown(positive.length ? Math.min(...positive) : 1);
  const high = Math.max(roundedUp(positive.length ? Math.max(...positive) : 10), low * 2);
  const scale = logarithmic(low, high);
  const every = Math.log10(high / low) > 2 ? [1] : [1, 2, 5];
  scale.ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of every) {
      const tick = Number((step * 10 ** power).toPrecision(3));
      if (tick >= low * 0.999 && tick <= high * 1.001) scale.ticks.push(tick);
    }
  }
  return scale;
}

function linearScale(values) {
  const most = Math.max(...values.filter(known), 0);
  const high = roundedUp(most > 0 ? most * 1.02 : 1);
  const scale = linear(0, high);
  const step = roundedUp(high / 4);
  scale.ticks = [];
  for (let tick = 0; tick <= high * 1.001; tick += step) scale.ticks.push(Number(tick.toPrecision(6)));
  return scale;
}
