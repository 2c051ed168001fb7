// One row per scenario, one mark per transport, on a common logarithmic scale: how far apart they are is the ratio.
function dotChart({label, width, xTitle, rows, text, tickText}) {
  const narrow = width < 620;
  const box = {left: narrow ? 8 : 128, right: narrow ? 8 : 132, top: 8, bottom: 44};
  const step = narrow ? 62 : 46;
  const height = box.top + rows.length * step + box.bottom;
  const values = rows.flatMap(row => row.dots.flatMap(dot => [dot.value, dot.low, dot.high]));
  const x = logScale(values);
  const inner = width - box.left - box.right;
  // Room for the figures beside the outermost marks.
  const pad = narrow ? 52 : 56;
  const px = value => box.left + pad + x.place(value) * (inner - 2 * pad);
  const picture = svg('svg', {class: 'plot', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', tabindex: '0',
    'aria-label': label + '. Arrow keys read values.'});
  const bottom = box.top + rows.length * step;
  let free = -Infinity;
  for (const tick of x.ticks) {
    picture.append(svg('line', {class: 'grid', x1: px(tick), x2: px(tick), y1: box.top, y2: bottom}));
    const half = tickText(tick).length * 3.4;
    if (px(tick) - half > free + 6) {
      picture.append(svg('text', {class: 'tick', x: px(tick), y: bottom + 16, 'text-anchor': 'middle'}, tickText(tick)));
      free = px(tick) + half;
    }
  }
  picture.append(svg('text', {class: 'axis-title', x: box.left + inner / 2, y: height - 6, 'text-anchor': 'middle'}, xTitle));
  const bands = [];
  rows.forEach((row, index) => {
    const top = box.top + index * step;
    const y = top + (narrow ? 40 : step / 2);
    const place = svg('rect', {class: 'hover', x: 0, y: top, width, height: step});
    bands.push(place);
    picture.append(place);
    const dots = row.dots.filter(dot => known(dot.value)).sort((a, b) => a.value - b.value);
    picture.append(narrow
      ? [svg('text', {class: 'row', x: 8, y: top + 18}, row.name),
        svg('text', {class: 'row-note', x: width - 8, y: top + 18, 'text-anchor': 'end'}, row.note)].reduce((g, t) => (g.append(t), g), svg('g', {}))
      : svg('g', {}, svg('text', {class: 'row', x: 0, y: y - 2}, row.name), svg('text', {class: 'row-under', x: 0, y: y + 13}, row.under),
        svg('text', {class: 'row-note', x: width, y: y + 4, 'text-anchor': 'end'}, row.note)));
    if (!dots.length) return;
    const first = dots[0];
    const last = dots[dots.length - 1];
    picture.append(svg('line', {class: 'span', x1: px(first.value), x2: px(last.value), y1: y, y2: y}));
    for (const dot of [...dots].sort((a, b) => a.look.strong - b.look.strong)) {
      picture.append(svg('line', {class: 'whisker', stroke: dot.look.colour, x1: px(dot.low), x2: px(dot.high), y1: y, y2: y}),
        svg('path', {d: shapes[dot.look.place % 8], class: 'mark' + (dot.valid ? '' : ' hollow'), fill: dot.look.colour, vars: {'--own': dot.look.colour},
          transform: `translate(${px(dot.value)},${y}) scale(${dot.look.strong ? 1.9 : 1.5})`}));
    }
    picture.append(svg('text', {class: 'value' + (first.look.strong ? ' strong' : ''), fill: first.look.colour, x: px(first.low) - 11, y: y + 4, 'text-anchor': 'end'}, text(first.value)));
    if (last !== first) {
      picture.append(svg('text', {class: 'value' + (last.look.strong ? ' strong' : ''), fill: last.look.colour, x: px(last.high) + 11, y: y + 4}, text(last.value)));
    }
  });
  let chosen = -1;
  const show = (index, clientX, clientY) => {
    chosen = Math.max(0, Math.min(rows.length - 1, index));
    bands.forEach((band, i) => band.classList.toggle('on', i === chosen));
    const bounds = picture.getBoundingClientRect();
    const row = rows[chosen];
    showTip(row.name, row.dots.map(dot => ({colour: dot.look.colour, name: dot.look.title, value: text(dot.value),
      more: (dot.ratio ? factor(dot.ratio) : '') + (dot.valid ? '' : ' not valid')})),
    clientX ?? bounds.left + bounds.width / 2, clientY ?? bounds.top + (box.top + chosen * step) * bounds.height / height);
  };
  const hide = () => { bands.forEach(band => band.classList.remove('on')); hideTip(); };
  const follow = event => {
    const bounds = picture.getBoundingClientRect();
    show(Math.floor(((event.clientY - bounds.top) * height / bounds.height - box.top) / step), event.clientX, event.clientY);
  };
  picture.addEventListener('pointermove', follow);
  picture.addEventListener('pointerdown', follow);
  picture.addEventListener('pointerleave', hide);
  picture.addEventListener('blur', hide);
  picture.addEventListener('keydown', event => {
    const next = {ArrowDown: chosen + 1, ArrowUp: chosen - 1, Home: 0, End: rows.length - 1}[event.key];
    if (next !== undefined) { event.preventDefault(); show(next); }
    if (event.key === 'Escape') hide();
  });
  return picture;
}
