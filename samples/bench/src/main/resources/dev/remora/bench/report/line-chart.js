// Charts are drawn for the width they have, and again when that changes.
const charts = [];
function chart(className, draw) {
  const host = h('div', {class: 'chart ' + className});
  charts.push({host, draw});
  return host;
}
function drawChart({host, draw}) {
  host.replaceChildren(draw(Math.max(260, host.clientWidth)));
}
function drawAll() {
  hideTip();
  charts.forEach(drawChart);
  root.dataset.plots = String(document.querySelectorAll('svg.plot').length);
}
function redraw(host) {
  drawChart(charts.find(each => each.host === host));
}

// One shape per transport, so that nobody depends on colour.
const shapes = [
  'M0,-4A4,4 0 1 1 0,4A4,4 0 1 1 0,-4Z', 'M-3.5,-3.5H3.5V3.5H-3.5Z', 'M0,-4.5L4.3,3.4H-4.3Z', 'M0,-4.8L4.4,0L0,4.8L-4.4,0Z',
  'M0,4.5L4.3,-3.4H-4.3Z', 'M-4,-1.5H-1.5V-4H1.5V-1.5H4V1.5H1.5V4H-1.5V1.5H-4Z', 'M-4,-2L4,-2L4,2L-4,2Z', 'M-2,-4H2V4H-2Z',
];
const mark = (look, x, y, extra) => svg('path', {
  d: shapes[look.place % 8], transform: `translate(${x.toFixed(1)},${y.toFixed(1)})`, fill: look.colour, class: 'mark', ...extra,
});

function legend(names, note) {
  return h('p', {class: 'legend'}, names.map(name => h('span', {class: style[name].strong ? 'strong' : ''},
    svg('svg', {width: 22, height: 12, viewBox: '-11 -6 22 12', 'aria-hidden': 'true'},
      svg('line', {x1: -11, x2: 11, y1: 0, y2: 0, stroke: style[name].colour, 'stroke-width': style[name].strong ? 3 : 1.75}),
      mark(style[name], 0, 0)), style[name].title)), note ? h('span', {class: 'note'}, note) : null);
}

// Moves labels apart, none above the top or below the bottom.
function spread(labels, gap, top, bottom) {
  labels.sort((a, b) => a.y - b.y);
  let last = top - gap;
  for (const label of labels) last = label.y = Math.max(label.y, last + gap);
  let next = bottom + gap;
  for (const label of [...labels].reverse()) next = label.y = Math.min(label.y, next - gap);
}

const path = points => points.map(([x, y], i) => (i ? 'L' : 'M') + x.toFixed(1) + ',' + y.toFixed(1)).join('');

/**
 * x, y: scales with ticks [{value, text}]; lines: [{look, points: [[x, y], ...], thin, dashed, marks}], y may be unknown and breaks
 * the line; bands: [{look, points: [[x, low, high], ...]}]; labels: whether lines are
 * named where they run; cursor: {stops: [x, ...], describe(x) -> {title, rows}}.
 */
function lineChart({label, width, height, x, y, xTitle, yTitle, lines, bands = [], cursor, labels}) {
  const box = {left: 48, right: 12, top: 24, bottom: xTitle ? 40 : 24};
  const inner = {width: width - box.left - box.right, height: height - box.top - box.bottom};
  const bold = lines.filter(line => !line.thin);
  const within = labels ? placeWithin(bold, {x, y, box, inner}) : null;
  const named = labels && !within && width >= 420;
  if (named) {
    box.right = 96;
    inner.width = width - box.left - box.right;
  }
  const px = value => box.left + x.place(value) * inner.width;
  const py = value => box.top + (1 - y.place(value)) * inner.height;
  const picture = svg('svg', {
    class: 'plot', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', tabindex: '0',
    'aria-label': label + '. Arrow keys read values; the figures are in the table below.',
  });
  picture.append(svg('text', {class: 'axis-title', x: 0, y: 11}, yTitle));
  for (const tick of y.ticks) {
    picture.append(svg('line', {class: 'grid', x1: box.left, x2: box.left + inner.width, y1: py(tick.value), y2: py(tick.value)}),
      svg('text', {class: 'tick', x: box.left - 7, y: py(tick.value) + 4, 'text-anchor': 'end'}, tick.text));
  }
  const bottom = box.top + inner.height;
  picture.append(svg('line', {class: 'axis', x1: box.left, x2: box.left + inner.width, y1: bottom, y2: bottom}));
  // The last tick is worth more than its neighbour, and never hangs over the edge.
  const halfOf = tick => tick.text.length * 3.4;
  const last = x.ticks[x.ticks.length - 1];
  const lastPlace = last ? Math.min(px(last.value), width - halfOf(last)) : 0;
  let free = -Infinity;
  for (const tick of x.ticks) {
    const place = px(tick.value);
    picture.append(svg('line', {class: 'axis', x1: place, x2: place, y1: bottom, y2: bottom + 4}));
    const half = halfOf(tick);
    const middle = tick === last ? lastPlace : place;
    if (tick.text && middle - half > free + 5 && (tick === last || place + half + 5 < lastPlace - halfOf(last))) {
      picture.append(svg('text', {class: 'tick', x: middle, y: bottom + 17, 'text-anchor': 'middle'}, tick.text));
      free = middle + half;
    }
  }
  picture.append(svg('text', {class: 'axis-title', x: box.left + inner.width / 2, y: height - 5, 'text-anchor': 'middle'}, xTitle));

  for (const band of bands) {
    const points = band.points.filter(([, low, high]) => known(low) && known(high));
    if (points.length < 2) continue;
    picture.append(svg('path', {
      class: 'band', fill: band.look.colour,
      d: path([...points.map(([at, low]) => [px(at), py(low)]), ...points.map(([at, , high]) => [px(at), py(high)]).reverse()]) + 'Z',
    }));
  }
  const ends = [];
  for (const line of [...lines].sort((a, b) => Number(!a.thin) - Number(!b.thin) || a.look.strong - b.look.strong)) {
    let piece = [];
    const pieces = [piece];
    for (const [at, value] of line.points) {
      if (known(value)) piece.push([px(at), py(value)]);
      else if (piece.length) pieces.push(piece = []);
    }
    for (const points of pieces.filter(each => each.length)) {
      picture.append(svg('path', {
        class: 'line' + (line.thin ? ' thin' : '') + (line.look.strong ? ' strong' : '') + (line.dashed ? ' dashed' : ''),
        stroke: line.look.colour, d: points.length > 1 ? path(points) : `M${points[0][0] - 2},${points[0][1]}h4`,
      }));
    }
    for (const [at, value] of line.marks || []) if (known(value)) picture.append(mark(line.look, px(at), py(value)));
    const end = pieces.filter(each => each.length).pop();
    if (!line.thin && end) ends.push({y: end[end.length - 1][1], from: end[end.length - 1], line});
  }
  if (named) {
    spread(ends, 14, box.top, bottom);
    for (const {y: place, from, line} of ends) {
      const start = box.left + inner.width;
      picture.append(svg('path', {class: 'leader', stroke: line.look.colour, d: `M${start + 2},${from[1].toFixed(1)}L${start + 8},${place.toFixed(1)}`}),
        lineLabel(line, start + 11, place + 4, 'start'));
    }
  }
  for (const {line, at, place} of within || []) picture.append(lineLabel(line, at, place, 'middle'));
  if (cursor && cursor.stops.length) addCursor(picture, {px, box, inner, cursor, width});
  return picture;
}

const lineLabel = (line, at, place, anchor) => svg('text', {class: 'line-label' + (line.look.strong ? ' strong' : ''), vars: {'--own': line.look.colour},
  x: at.toFixed(1), y: place.toFixed(1), 'text-anchor': anchor}, line.look.label + (line.dashed ? ', not valid' : ''));

// Where a line is, at a place between the marks of its points; unknown outside of it.
function heightAt(points, wanted) {
  for (let i = 1; i < points.length; i++) {
    const [[from, low], [to, high]] = [points[i - 1], points[i]];
    if (from <= wanted && wanted <= to) return to === from ? high : low + (high - low) * (wanted - from) / (to - from);
  }
  return NaN;
}

// A label stands best beside its line: where nothing else is, above or below it. Returns nothing if one finds no place.
function placeWithin(lines, {x, y, box, inner}) {
  const drawn = lines.map(line => ({line, points: line.points.map(([at, value]) =>
    [box.left + x.place(at) * inner.width, box.top + (1 - y.place(value)) * inner.height])}));
  const boxes = [];
  const found = [];
  for (const {line, points} of drawn) {
    const half = (line.look.label.length + (line.dashed ? 11 : 0)) * 3.6 + 4;
    const others = drawn.filter(each => each.line !== line);
    const span = (of, at) => [-1, -0.5, 0, 0.5, 1].map(part => heightAt(of, at + part * half)).filter(known);
    let best = null;
    for (let at = box.left + half; at <= box.left + inner.width - half; at += 6) {
      const own = span(points, at);
      if (own.length < 5) continue;
      const heights = others.flatMap(other => span(other.points, at));
      for (const above of [true, false]) {
        const top = above ? Math.min(...own) - 20 : Math.max(...own) + 6;
        const free = Math.min(24, ...heights.map(height => Math.max(top - height, height - top - 14)));
        const clash = boxes.some(each => at - half < each.right && at + half > each.left && top < each.bottom && top + 14 > each.top);
        if (free < 2 || clash || top < box.top - 6 || top + 14 > box.top + inner.height) continue;
        // Flat stretches read best, and labels one above the other are found soonest.
        const score = free + (above ? 3 : 0) - (Math.max(...own) - Math.min(...own)) - 20 * Math.abs((at - box.left) / inner.width - 0.3);
        if (!best || score > best.score) best = {score, at, top, left: at - half, right: at + half, bottom: top + 14};
      }
    }
    if (!best) return null;
    boxes.push(best);
    found.push({line, at: best.at, place: best.top + 11});
  }
  return found;
}

function addCursor(picture, {px, box, inner, cursor, width}) {
  const rule = svg('line', {class: 'cursor', y1: box.top, y2: box.top + inner.height, visibility: 'hidden'});
  picture.append(rule);
  let index = -1;
  const show = (next, clientY) => {
    index = Math.max(0, Math.min(cursor.stops.length - 1, next));
    const place = px(cursor.stops[index]);
    rule.setAttribute('x1', place);
    rule.setAttribute('x2', place);
    rule.setAttribute('visibility', 'visible');
    const bounds = picture.getBoundingClientRect();
    const told = cursor.describe(cursor.stops[index]);
    showTip(told.title, told.rows, bounds.left + place * bounds.width / width, clientY ?? bounds.top + bounds.height / 4);
  };
  const hide = () => { rule.setAttribute('visibility', 'hidden'); hideTip(); };
  const follow = event => {
    const bounds = picture.getBoundingClientRect();
    const place = (event.clientX - bounds.left) * width / bounds.width;
    let best = 0;
    cursor.stops.forEach((stop, i) => { if (Math.abs(px(stop) - place) < Math.abs(px(cursor.stops[best]) - place)) best = i; });
    show(best, event.clientY);
  };
  picture.addEventListener('pointermove', follow);
  picture.addEventListener('pointerdown', follow);
  picture.addEventListener('pointerleave', hide);
  picture.addEventListener('blur', hide);
  picture.addEventListener('keydown', event => {
    const last = cursor.stops.length - 1;
    const next = {ArrowRight: index + 1, ArrowLeft: index < 0 ? last : index - 1, Home: 0, End: last}[event.key];
    if (next !== undefined) { event.preventDefault(); show(next); }
    if (event.key === 'Escape') hide();
  });
}
