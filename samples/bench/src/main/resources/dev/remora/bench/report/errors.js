// Counted where a test can read it, and shown: a page that failed in part must not look whole.
const root = document.documentElement;
root.dataset.errors = '0';
function failed(message) {
  root.dataset.errors = String(Number(root.dataset.errors) + 1);
  root.dataset.errorText = message;
  const box = document.createElement('p');
  box.className = 'warning';
  box.textContent = 'A part of this page could not be drawn: ' + message + '. The figures stand in the CSV files beside it.';
  document.body.prepend(box);
}
addEventListener('error', event => failed(event.message));
addEventListener('unhandledrejection', event => failed(String(event.reason)));
