// Hands on what the page in the frame has answered.
const frame = document.querySelector('iframe');
frame.addEventListener('load', () => Object.assign(document.documentElement.dataset, frame.contentDocument.documentElement.dataset));
