import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { addAssets } from './assets.ts';
import { type ConsoleView, renderProblem } from './console-view.ts';
import type { EventStreams } from './live/event-streams.ts';
import { addGroupPage } from './pages/group.ts';
import { addGroupsPage } from './pages/groups.ts';
import { addLinkPage, type LinkActions } from './pages/link.ts';
import { addLogPage } from './pages/logs.ts';
import { addOverviewPage } from './pages/overview.ts';
import { addRunPage } from './pages/run.ts';
import { addRunsPage } from './pages/runs.ts';
import { addTaskPosts } from './pages/task-posts.ts';
import { addTaskPages } from './pages/tasks.ts';
import { addWhyPage } from './pages/why.ts';
import { createGate, type Refusal } from './security/gate.ts';
import { addSecurityHeaders } from './security/headers.ts';

/** More than any form of ours can hold. */
const MAX_BODY_BYTES = 16 * 1024;

export interface ConsoleAppParts extends LinkActions {
  readonly view: ConsoleView;
  readonly streams: EventStreams;
  readonly port: () => number;
}

/** All pages behind one gate. A page that breaks answers 500 and touches nothing else. */
export function createConsoleApp({ view, streams, port, linkAgain }: ConsoleAppParts): Hono {
  const app = new Hono();
  app.use(addSecurityHeaders);
  app.use(createGate({ token: view.deps.token, port, refuse }));
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuseBody }));
  addAssets(app);
  addEvents(app, streams);
  addOverviewPage(app, view);
  addLinkPage(app, view, { linkAgain });
  addGroupsPage(app, view);
  addGroupPage(app, view);
  addTaskPages(app, view);
  addTaskPosts(app, view);
  addRunsPage(app, view);
  addRunPage(app, view);
  addWhyPage(app, view);
  addLogPage(app, view);
  app.notFound((c) => renderProblem(c, 404, 'No such page', 'The console has no page here.'));
  app.onError((err, c) => {
    // Who has left wants no answer, and what was being made for them has been given up.
    if (c.req.raw.signal.aborted) return c.body(null, 500);
    view.deps.logger.error({ err, path: c.req.path }, 'a page of the console broke');
    const sentence = 'This page broke; the host goes on. The log says where.';
    return renderProblem(c, 500, 'Something broke', sentence);
  });
  return app;
}

function addEvents(app: Hono, streams: EventStreams): void {
  app.get('/events', (c) => {
    const type = { 'Content-Type': 'text/event-stream; charset=utf-8' };
    // Nobody would read the stream, so nobody would end it.
    if (c.req.method === 'HEAD') return c.body(null, 200, type);
    const mark = c.req.header('last-event-id') ?? c.req.query('after') ?? '';
    const body = streams.open(mark);
    if (body === undefined) {
      const busy = 'Too many pages are open. Close some and reload.';
      return c.text(busy, 503, { 'Retry-After': '10', Connection: 'close' });
    }
    return c.body(body, 200, type);
  });
}

function refuse(c: Context, refusal: Refusal): Response | Promise<Response> {
  switch (refusal) {
    case 'session':
      return renderProblem(
        c,
        401,
        'Not signed in',
        'Open the address that the host prints when it starts with --console; it lets this browser in.',
      );
    case 'host':
    case 'site':
    case 'origin':
      return renderProblem(
        c,
        403,
        'Refused',
        'This request does not come from a page of the console. Open the console by the address that the host prints.',
      );
    default:
      return refusal satisfies never;
  }
}

function refuseBody(c: Context): Response | Promise<Response> {
  return renderProblem(c, 413, 'Too long', 'This is longer than any form of the console.');
}
