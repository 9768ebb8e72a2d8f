import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type Html, layout } from './html/layout.ts';
import { showDirections } from './html/visible-controls.ts';
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

/** What changes while the content is still being made is told to the page as new. */
export async function renderPage(
  c: Context,
  { changes: { mark } }: Pick<ConsoleView, 'changes'>,
  content: PageContent | Promise<PageContent>,
): Promise<Response> {
  const { title, body, status = 200 } = await content;
  const page = await layout({ title, body, path: c.req.path, mark });
  return c.html(showDirections(String(page)), status);
}

/** For pages that need the host to serve: until then they say so. */
export function renderOfHost(
  c: Context,
  view: ConsoleView,
  title: string,
  render: (host: ServingHost) => PageContent,
): Promise<Response> {
  const { host } = view.state();
  return renderPage(c, view, host === undefined ? notServing(title) : render(host));
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
