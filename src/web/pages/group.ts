import type { Context, Hono } from 'hono';
import { html } from 'hono/html';
import { describeEgress } from '../../core/describe-egress.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { modelsAskedBy } from '../../core/models/own-models.ts';
import { createModelStore } from '../../db/models.ts';
import { formatProblems } from '../../registrations/text.ts';
import {
  type ConsoleView,
  notServing,
  type PageContent,
  renderPage,
  renderProblem,
} from '../console-view.ts';
import { type Html, live } from '../html/layout.ts';
import { factList } from '../html/table.ts';
import type { ServingHost } from '../ports.ts';
import { usageToday } from './day-usage.ts';
import { groupForm } from './group-form.ts';
import { formOf, type GroupForm, groupFormSchema, judgeGroupForm } from './group-settings.ts';
import { describeTrigger, describeUsage } from './groups.ts';

/** What is said above the form. */
interface Message {
  readonly tone: 'done' | 'complaint';
  readonly lines: readonly string[];
  readonly isDoubt?: true;
}

interface Found {
  readonly host: ServingHost;
  readonly group: RegisteredGroup;
}

export function addGroupPage(app: Hono, view: ConsoleView): void {
  app.get('/groups/:folder', (c) =>
    withGroup(c, view, (found) => {
      const isSaved = c.req.query('saved') === '1';
      const saved = { tone: 'done', lines: ['Saved. The next run goes by it.'] } as const;
      const page = groupPage(
        found,
        view,
        formOf(found.group, found.host.hasReceipts),
        isSaved ? saved : undefined,
      );
      return renderPage(c, view, page);
    }),
  );
  app.post('/groups/:folder', async (c) => {
    const sent = await readForm(c);
    return withGroup(c, view, (found) => save(c, view, found, sent));
  });
}

/** What browsers send; of anything else nothing is understood. */
async function readForm(c: Context): Promise<Readonly<Record<string, string>>> {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '');
  return isForm ? Object.fromEntries(new URLSearchParams(await c.req.text())) : {};
}

function withGroup(
  c: Context,
  view: ConsoleView,
  render: (found: Found) => Response | Promise<Response>,
): Response | Promise<Response> {
  const { host } = view.state();
  if (host === undefined) return renderPage(c, view, notServing('Group'));
  const group = host.registrations.byFolder(c.req.param('folder') ?? '');
  if (group !== undefined) return render({ host, group });
  return renderProblem(c, 404, 'No such group', 'No registered group has this folder.');
}

async function save(
  c: Context,
  view: ConsoleView,
  found: Found,
  sent: Readonly<Record<string, string>>,
): Promise<Response> {
  const parsed = groupFormSchema.safeParse(sent);
  if (!parsed.success) {
    return renderProblem(c, 400, 'Not understood', 'This is not what the form of a group sends.');
  }
  const form = parsed.data;
  const { host, group } = found;
  const refuse = (status: 409 | 422, message: Omit<Message, 'tone'>) =>
    renderPage(c, view, {
      ...groupPage(found, view, form, { tone: 'complaint', ...message }),
      status,
    });
  const judged = judgeGroupForm(form, group, {
    models: host.readModels(),
    hasReceipts: host.hasReceipts,
    now: view.deps.now(),
  });
  if (judged.status === 'refused') return refuse(422, { lines: judged.problems });
  if (judged.status === 'doubtful') return refuse(409, { lines: judged.doubts, isDoubt: true });
  const outcome = await host.registrations.set(group.jid, judged.fields, c.req.raw.signal);
  if (outcome.status === 'refused') {
    return refuse(422, { lines: formatProblems(outcome.problems).split('\n') });
  }
  // A host that has gone meanwhile has closed its database.
  if (judged.isModelChanged && view.state().host === host) forgetMarks(host, outcome.group);
  view.changes.note('groups');
  return c.redirect(`/groups/${encodeURIComponent(group.folder)}?saved=1`, 303);
}

/** Whoever chooses models for a group wants them asked: what earlier runs were told no longer counts. */
function forgetMarks({ db }: ServingHost, group: RegisteredGroup): void {
  const models = createModelStore(db);
  db.transaction(() => {
    for (const name of modelsAskedBy(group)) {
      models.endCoolDown(name);
      models.forgetObservation(name);
    }
  }).immediate();
}

function groupPage(
  { host, group }: Found,
  { deps }: ConsoleView,
  form: GroupForm,
  message: Message | undefined,
): PageContent {
  const usage = usageToday(host.db, group, deps.timeZone, deps.now());
  const facts = factList([
    ['Answers', describeTrigger(group, host.assistantName)],
    ['Today', describeUsage(usage, group.budget)],
    ['May ask', describeSenders(group)],
    ['May reach', describeEgress(group.egress) ?? "what the installation's EGRESS says"],
    ['Time zone', group.timeZone ?? deps.timeZone],
    ['Runs', html`<a href="/runs?group=${encodeURIComponent(group.folder)}">show</a>`],
  ]);
  const { catalog } = host.readModels();
  const names = catalog.list().map(({ name }) => name);
  return {
    title: group.name,
    body: html`${message === undefined ? '' : messageParts(message)}${live('group', 'groups runs', facts)}
${groupForm({ folder: group.folder, form, names, isDoubtful: message?.isDoubt === true })}
<p>Everything else: <code>deckhand groups set ${group.folder} --help</code></p>`,
  };
}

function messageParts({ tone, lines }: Message): Html {
  const role = tone === 'done' ? 'status' : 'alert';
  return html`<div class="${tone}" role="${role}">${lines.map((line) => html`<p>${line}</p>`)}</div>`;
}

function describeSenders({ senders, admins }: RegisteredGroup): string {
  if (senders?.allow === undefined) return 'everybody';
  const people = senders.allow.length + (admins?.length ?? 0);
  return `${people} ${people === 1 ? 'person' : 'people'}; of the others ${senders.mode === 'drop' ? 'nothing is kept' : 'messages are context'}`;
}
