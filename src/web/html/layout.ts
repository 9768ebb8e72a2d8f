import { html } from 'hono/html';

/** Escaped; only the templates of `hono/html` make it. */
export type Html = ReturnType<typeof html>;

const PAGES = [
  ['/', 'Overview'],
  ['/link', 'Link'],
  ['/groups', 'Groups'],
  ['/tasks', 'Tasks'],
  ['/runs', 'Runs'],
  ['/why', 'Why'],
  ['/logs', 'Log'],
] as const;

/** In the order in which they build on each other. */
const STYLES = ['theme', 'layout', 'parts', 'forms', 'views'] as const;

export interface Page {
  readonly title: string;
  /** Of the request; decides which entry of the menu is the current one. */
  readonly path: string;
  /** What the page shows already, see `Changes.mark`; absent: nothing on it is live. */
  readonly mark?: string;
  readonly body: Html;
}

/** A whole page. Works without scripts; with them its live parts follow. */
export function layout({ title, path, mark, body }: Page): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Deckhand</title>
${STYLES.map((name) => html`<link rel="stylesheet" href="/assets/${name}.css">`)}
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<script type="module" src="/assets/console.js"></script>
</head>
<body${mark === undefined ? '' : html` data-changes="${mark}"`}>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<p class="brand">Deckhand</p>
<nav aria-label="Pages"><ul>${PAGES.map(([href, name]) => menuEntry(href, name, path))}</ul></nav>
${mark === undefined ? '' : html`<p id="live-state" class="live-state" role="status">Reload to see what is new</p>`}
</header>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${body}
</main>
</body>
</html>`;
}

function menuEntry(href: string, name: string, path: string): Html {
  const isCurrent = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
  return html`<li><a href="${href}"${isCurrent ? html` aria-current="page"` : ''}>${name}</a></li>`;
}

/** A part that follows what changes; `topics` as in `live/changes.ts`, separated by spaces. */
export function live(id: string, topics: string, body: Html): Html {
  return html`<div id="${id}" data-live="${topics}">${body}</div>`;
}

/** One sentence that is read aloud when it changes. */
export function liveSentence(id: string, topics: string, sentence: string): Html {
  return html`<p id="${id}" class="headline" data-live="${topics}" aria-live="polite">${sentence}</p>`;
}
