import type { Hono } from 'hono';
import { html } from 'hono/html';
import { type ConsoleView, renderPage } from '../console-view.ts';
import { type Html, live, liveSentence } from '../html/layout.ts';
import { qrCode } from '../html/qr-code.ts';
import type { LinkState } from '../ports.ts';

export interface LinkActions {
  /** Asks WhatsApp for a new code. */
  readonly linkAgain: () => void;
}

export function addLinkPage(app: Hono, view: ConsoleView, { linkAgain }: LinkActions): void {
  app.get('/link', (c) => {
    const { link } = view.state();
    const body = html`${liveSentence('headline', 'link', sentence(link))}${live('code', 'link', details(link))}`;
    return renderPage(c, view, { title: 'Link', body });
  });
  app.post('/link/again', (c) => {
    if (view.state().link.status === 'ended') linkAgain();
    return c.redirect('/link', 303);
  });
}

function sentence(link: LinkState): string {
  switch (link.status) {
    case 'starting':
      return 'The host is starting.';
    case 'linked':
      return 'A phone is linked.';
    case 'connecting':
      return 'Asking WhatsApp for a code.';
    case 'code':
      return 'Scan this code with the phone that the assistant shall use.';
    case 'ended':
      return link.reason;
    default:
      return link satisfies never;
  }
}

function details(link: LinkState): Html {
  switch (link.status) {
    case 'starting':
      return html`<p class="empty">There is nothing to scan. It takes some seconds; some minutes when it builds the agent image first.</p>`;
    case 'linked':
      return html`<p>To link another phone, run <code>deckhand logout</code> and start again.</p>`;
    case 'connecting':
      return html`<p class="empty">It takes some seconds.</p>`;
    case 'code':
      return html`<ol class="steps"><li>Open WhatsApp on the phone.</li><li>Settings → Linked devices → Link a device.</li><li>Point the camera at this code. WhatsApp replaces it every 20 seconds, and so does this page.</li></ol>
${qrCode(link.qr)}
<p>Without a camera: stop the host and run <code>deckhand link --phone</code> with the number, which shows a code to type.</p>`;
    case 'ended':
      return html`<form method="post" action="/link/again"><button type="submit" id="link-again">Show a new code</button></form>`;
    default:
      return link satisfies never;
  }
}
