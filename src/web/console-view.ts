import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Html, layout } from './html/layout.ts';
import type { Changes } from './live/changes.ts';
import type { ConsoleDeps, ConsoleState, ServingHost } from './ports.ts';

/** What every page is made with. */
export interface ConsoleView {
  readonly deps: ConsoleDeps;
  readonly changes: Changes;
  /** As it is now. */
  readonly state: () => ConsoleState;
}

export interface PageContent {
  readonly title: string;
  readonly body: Html;
  readonly status?: ContentfulStatusCode;
}

export function renderPage(
  c: Context,
  { changes }: Pick<ConsoleView, 'changes'>,
  { title, body, status = 200 }: PageContent,
): Response | Promise<Response> {
  return c.html(layout({ title, body, path: c.req.path, mark: changes.mark }), status);
}

/** For pages that need the host to serve: until then they say so. */
export function renderOfHost(
  c: Context,
  view: ConsoleView,
  title: string,
  render: (host: ServingHost) => PageContent | Promise<PageContent>,
): Response | Promise<Response> {
  const { host } = view.state();
  if (host === undefined) return renderPage(c, view, notServing(title));
  const content = render(host);
  return content instanceof Promise
    ? content.then((page) => renderPage(c, view, page))
    : renderPage(c, view, content);
}

/** The mark lets the browser load the page anew when anything changes. */
export function notServing(title: string): PageContent {
  return {
    title,
    status: 503,
    body: html`<div data-reload><p class="empty">The host is not serving yet. <a href="/link">Link</a> shows what it waits for.</p></div>`,
  };
}

/** A page that says in one sentence what is wrong; nothing of the request is repeated. */
export function renderProblem(
  c: Context,
  status: ContentfulStatusCode,
  title: string,
  sentence: string,
): Response | Promise<Response> {
  return c.html(
    layout({ title, path: c.req.path, body: html`<p class="empty">${sentence}</p>` }),
    status,
  );
}
