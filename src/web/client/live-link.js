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

/** Hears what changes. Goes on where it stopped, however often it is closed and opened. */
export class LiveLink {
  #refresh = new Refresh();
  /** What the page has shown already. */
  #mark;
  /** @type {EventSource | undefined} */
  #source;

  /** @param {string} mark */
  constructor(mark) {
    this.#mark = mark;
  }

  open() {
    if (this.#source !== undefined) return;
    const source = new EventSource(`/events?after=${encodeURIComponent(this.#mark)}`);
    this.#source = source;
    source.addEventListener('open', () => {
      showState('on');
      this.#refresh.goOn();
    });
    source.addEventListener('error', () =>
      showState(source.readyState === EventSource.CLOSED ? 'off' : 'waiting'),
    );
    source.addEventListener('changed', ({ data, lastEventId }) => {
      this.#mark = lastEventId;
      this.#refresh.ask(data);
    });
  }

  close() {
    this.#source?.close();
    this.#source = undefined;
  }
}
