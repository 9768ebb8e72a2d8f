import { LiveLink } from './live-link.js';

const mark = document.body.dataset['changes'];
if (mark !== undefined) {
  const link = new LiveLink(mark);
  link.open();
  // Browsers allow six connections per host over all tabs: one that nobody sees must not hold one.
  document.addEventListener('visibilitychange', () =>
    document.hidden ? link.close() : link.open(),
  );
  addEventListener('pagehide', () => link.close());
  addEventListener('pageshow', () => link.open());
}
