// Elements with their attributes and children. Text is always set as text, so no name in the data can become markup.
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'vars') for (const [key, v] of Object.entries(value)) element.style.setProperty(key, v);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter(child => child !== undefined && child !== null && child !== false));
  return element;
}
const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

let ids = 0;
const freshId = prefix => prefix + '-' + (++ids);

function section(id, title, lead, ...content) {
  return h('section', {id, 'aria-labelledby': id + '-title'},
    h('h2', {id: id + '-title'}, title), lead ? h('p', {class: 'lead'}, lead) : null, ...content);
}

// rows: arrays of cells, the first being the row's heading; a cell is text or an element.
function table(caption, heading, rows, attributes) {
  return h('div', {class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption}, h('table', attributes,
    h('caption', {}, caption),
    h('thead', {}, h('tr', {}, heading.map(text => h('th', {scope: 'col'}, text)))),
    h('tbody', {}, rows.map(row => h('tr', {}, row.map((cell, i) =>
      i === 0 ? h('th', {scope: 'row'}, cell) : h('td', {}, cell)))))));
}

// The figures behind a chart. Built when first opened: there are many of them, and most are never read.
function figures(summary, build) {
  const details = h('details', {class: 'figures'}, h('summary', {}, summary));
  let built = false;
  const show = () => { if (!built) { built = true; details.append(build()); } };
  details.addEventListener('toggle', () => { if (details.open) show(); });
  details.show = show;
  return details;
}
