// A few bars with their values, from zero. A hatched bar is not valid; the thin rule is the range over rounds.
function barChart({label, width, bars, text, reference}) {
  const step = 26;
  const box = {left: 92, right: 78, top: 18, bottom: 4};
  const height = box.top + bars.length * step + box.bottom;
  const most = Math.max(...bars.flatMap(bar => [bar.value, bar.high]).filter(known), reference ? reference.value : 0) || 1;
  const inner = width - box.left - box.right;
  const px = value => box.left + inner * value / most;
  const picture = svg('svg', {class: 'plot', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img',
    'aria-label': label + ': ' + bars.map(bar => bar.look.title + ' ' + text(bar.value) + (bar.valid ? '' : ' (not valid)')).join(', ')});
  const hatch = freshId('hatch');
  bars.forEach((bar, index) => {
    const y = box.top + index * step + 4;
    const thick = step - 10;
    picture.append(svg('text', {class: 'bar-name' + (bar.look.strong ? ' strong' : ''), x: box.left - 8, y: y + thick / 2 + 4, 'text-anchor': 'end'}, bar.look.label));
    if (!known(bar.value)) {
      picture.append(svg('text', {class: 'value', x: box.left + 6, y: y + thick / 2 + 4}, 'not known'));
      return;
    }
    let fill = bar.look.colour;
    if (!bar.valid) {
      const id = hatch + '-' + index;
      picture.append(svg('defs', {}, svg('pattern', {id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)'},
        svg('rect', {width: 2.5, height: 6, fill: bar.look.colour}))));
      fill = `url(#${id})`;
    }
    picture.append(svg('rect', {x: box.left, y, width: Math.max(1, px(bar.value) - box.left), height: thick, fill, class: 'bar',
      stroke: bar.valid ? 'none' : bar.look.colour}));
    if (known(bar.low) && bar.high > bar.low) {
      picture.append(svg('line', {class: 'range', x1: px(bar.low), x2: px(bar.high), y1: y + thick / 2, y2: y + thick / 2}));
    }
    picture.append(svg('text', {class: 'value' + (bar.look.strong ? ' strong' : ''), x: px(Math.max(bar.value, known(bar.high) ? bar.high : 0, reference ? reference.value : 0)) + 7, y: y + thick / 2 + 4}, text(bar.value) + (bar.valid ? '' : ' !')));
  });
  if (reference) {
    picture.append(svg('line', {class: 'reference', x1: px(reference.value), x2: px(reference.value), y1: box.top - 4, y2: height - box.bottom}),
      svg('text', {class: 'tick', x: px(reference.value), y: 10, 'text-anchor': 'end'}, reference.name));
  }
  return picture;
}
