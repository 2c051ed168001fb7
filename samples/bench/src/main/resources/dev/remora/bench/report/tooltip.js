// One box for all charts. It follows the pointer or the keyboard's cursor, and is read out when it changes.
const tip = h('div', {class: 'tip', role: 'status', 'aria-live': 'polite', hidden: true});
document.body.append(tip);

function showTip(title, rows, clientX, clientY) {
  tip.replaceChildren(h('strong', {}, title), h('table', {}, rows.map(row => h('tr', {},
    h('td', {}, row.colour ? h('span', {class: 'swatch', vars: {'--c': row.colour}}) : null, row.name),
    h('td', {}, row.value), h('td', {class: 'more'}, row.more || '')))));
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const left = clientX + 16 + box.width > innerWidth ? clientX - box.width - 16 : clientX + 16;
  const top = Math.min(clientY + 12, innerHeight - box.height - 8);
  tip.style.left = Math.max(8, Math.min(left, innerWidth - box.width - 8)) + 'px';
  tip.style.top = Math.max(8, top) + 'px';
}
function hideTip() { tip.hidden = true; }
addEventListener('scroll', hideTip, {passive: true});
addEventListener('keydown', event => { if (event.key === 'Escape') hideTip(); });
