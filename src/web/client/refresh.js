import { replaceLiveParts } from './live-parts.js';

/** Fetches the page again for what has changed; one fetch at a time, the last one after the last change. */
export class Refresh {
  /** @type {Set<string>} */
  #topics = new Set();
  #isFetching = false;

  /** @param {string} topic */
  ask(topic) {
    if (document.querySelector(`[data-live~="${topic}"], [data-reload]`) === null) return;
    this.#topics.add(topic);
    this.goOn();
  }

  /** Fetches what is still owed. */
  goOn() {
    if (!this.#isFetching && this.#topics.size > 0) void this.#run();
  }

  async #run() {
    this.#isFetching = true;
    let topics = this.#topics;
    try {
      while (this.#topics.size > 0) {
        topics = this.#topics;
        this.#topics = new Set();
        const page = await fetchPage();
        // Another page, such as that of a session that has ended, belongs on the whole screen.
        if (page === undefined || document.querySelector('[data-reload]') !== null) {
          return visitAgain();
        }
        replaceLiveParts(page, topics);
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      // The host does not answer: fetched when the stream is there again, or with the next change.
      this.#topics = new Set([...topics, ...this.#topics]);
    } finally {
      this.#isFetching = false;
    }
  }
}

/** Not `reload`, which would send a form again whose answer this page is. */
function visitAgain() {
  location.replace(location.pathname + location.search);
}

/** @returns {Promise<Document | undefined>} */
async function fetchPage() {
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (!answer.ok) return undefined;
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}
