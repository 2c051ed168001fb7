// What a test asks the page, answered in attributes of the root element.
(() => {
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  root.dataset.width = innerWidth;
  root.dataset.sideways = Math.max(0, root.scrollWidth - innerWidth);
  root.dataset.background = getComputedStyle(root).backgroundColor;
  root.dataset.ratioTables = all('table.ratios').length;

  root.dataset.warned = document.querySelector('#validity') !== null;

  const covered = [];
  const clipped = [];
  let texts = 0;
  for (const plot of all('svg.plot')) {
    const name = plot.getAttribute('aria-label').slice(0, 60);
    const boxes = all('text', plot).filter(text => text.textContent).map(text => ({text: text.textContent, box: text.getBoundingClientRect()}));
    texts += boxes.length;
    boxes.forEach(({text, box}, i) => {
      if (box.left < -0.5 || box.right > innerWidth + 0.5) clipped.push(`${name}: ${text}`);
      for (const other of boxes.slice(i + 1)) {
        const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        // Boxes have room above and below the letters.
        if (wide > 1 && high > 5) covered.push(`${name}: ${text} / ${other.text}`);
      }
    });
  }
  root.dataset.texts = texts;
  root.dataset.covered = covered.join('; ');
  root.dataset.clipped = clipped.join('; ');

  const figures = all('details.figures');
  figures.forEach(each => each.show());
  root.dataset.figures = figures.length;
  root.dataset.emptyFigures = figures.filter(each => each.querySelectorAll('tbody td').length === 0).length;

  const changes = (section, radio) => {
    const picture = () => document.querySelector(`#${section} svg.plot`).outerHTML;
    const before = picture();
    const other = all(`#${section} input[type=radio]`).find(input => !input.checked);
    if (!other) return false;
    other.click();
    return picture() !== before;
  };
  root.dataset.percentileChanges = changes('slowdown');
  root.dataset.scenarioChanges = changes('time');

  const plot = document.querySelector('#latency svg.plot');
  if (plot) {
    plot.focus();
    plot.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
    root.dataset.tip = document.querySelector('.tip').hidden ? '' : document.querySelector('.tip').textContent;
    plot.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}));
  }
  const button = document.querySelector('button.theme');
  root.dataset.themes = [1, 2, 3].map(() => { button.click(); return root.dataset.theme; }).join(' ');
  root.dataset.plotsAfterwards = document.querySelectorAll('svg.plot').length;
})();
