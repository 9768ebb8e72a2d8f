import { Refresh } from './refresh.js';

const TEXTS = {
  on: 'Live',
  waiting: 'The host does not answer. This page goes on by itself when it is back.',
  off: 'Not live: too many pages are open. Reload to see what is new.',
};

/** @param {keyof typeof TEXTS} state */
function showState(state) {
  const note = document.getElementById('live-state');
  if (note === null || note.dataset['state'] === state) return;
  note.dataset['state'] = state;
  note.textContent = TEXTS[state];
}

/** @param {string} after what the page has shown already */
function follow(after) {
  const source = new EventSource(`/events?after=${encodeURIComponent(after)}`);
  const refresh = new Refresh();
  source.addEventListener('open', () => showState('on'));
  source.addEventListener('error', () =>
    showState(source.readyState === EventSource.CLOSED ? 'off' : 'waiting'),
  );
  source.addEventListener('changed', ({ data }) => refresh.ask(data));
  // Each browser allows six connections per host: a page that nobody sees must not hold one.
  addEventListener('pagehide', () => source.close());
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}

const after = document.body.dataset['changes'];
if (after !== undefined) follow(after);
