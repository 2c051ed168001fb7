// A choice of few, as radio buttons: the browser then knows its keys.
function choice(label, options, chosen, changed) {
  const name = freshId('choice');
  return h('fieldset', {class: 'choice'}, h('legend', {}, label), options.map(([value, text]) => h('label', {},
    h('input', {type: 'radio', name, value, checked: value === chosen, onchange: () => changed(value)}), h('span', {}, text))));
}

// The system's colours unless the reader says otherwise. A page opened from disk may have no storage.
function themeButton() {
  const names = {auto: 'Colours: system', light: 'Colours: light', dark: 'Colours: dark'};
  let theme = 'auto';
  try { theme = localStorage.getItem('remora-report-theme') || 'auto'; } catch { /* then it is not remembered */ }
  if (!(theme in names)) theme = 'auto';
  const button = h('button', {type: 'button', class: 'theme', onclick: () => {
    const order = Object.keys(names);
    theme = order[(order.indexOf(theme) + 1) % order.length];
    try { localStorage.setItem('remora-report-theme', theme); } catch { /* as above */ }
    show();
  }});
  const show = () => { root.dataset.theme = theme; button.textContent = names[theme]; };
  show();
  return button;
}
