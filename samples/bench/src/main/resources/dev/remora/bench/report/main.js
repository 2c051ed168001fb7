const contents = [overviewSection(), ratiosSection(), slowdownSection(), latencySection(), cdfSection(), timeSection(), costSection(),
  fairnessSection(), methodSection(), readingSection(), notesSection()].filter(Boolean);
const page = document.getElementById('report');
page.replaceChildren(answerSection(),
  h('nav', {'aria-label': 'Contents'}, contents.map(each => h('a', {href: '#' + each.id}, each.querySelector('h2').textContent))),
  ...contents);
drawAll();

let width = innerWidth;
let waiting = 0;
addEventListener('resize', () => {
  // A phone's bars come and go and change the height alone.
  if (innerWidth === width) return;
  width = innerWidth;
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(drawAll);
});
// On paper nothing can be opened, so the reader's open tables are all there is; charts keep their shape by their view boxes.
addEventListener('beforeprint', hideTip);
