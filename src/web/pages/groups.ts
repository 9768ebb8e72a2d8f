import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { BudgetUse } from '../../core/budget.ts';
import type { Budget, RegisteredGroup } from '../../core/group.ts';
import { summarizeModel } from '../../core/models/model-setting.ts';
import { type ConsoleView, type PageContent, renderOfHost } from '../console-view.ts';
import { badge } from '../html/badge.ts';
import { type Html, live } from '../html/layout.ts';
import { table } from '../html/table.ts';
import { formatCount } from '../html/token-plot.ts';
import type { ServingHost } from '../ports.ts';
import { usageToday } from './day-usage.ts';

export function addGroupsPage(app: Hono, view: ConsoleView): void {
  app.get('/groups', (c) => renderOfHost(c, view, 'Groups', (host) => groupList(host, view)));
}

function groupList(host: ServingHost, { deps }: ConsoleView): PageContent {
  const rows = host.registrations.all().map((group) => {
    const usage = usageToday(host.db, group, deps.timeZone, deps.now());
    return [
      html`<a href="/groups/${group.folder}">${group.name}</a>${group.isMain ? html` ${badge('quiet', 'main')}` : ''}`,
      group.provider,
      group.model === undefined ? 'the default' : summarizeModel(group.model),
      describeTrigger(group, host.assistantName),
      describeUsage(usage, group.budget),
    ];
  });
  const body = table({
    caption: 'Registered groups',
    columns: ['Group', 'Who answers', 'Models', 'Answers', 'Today'],
    rows,
    empty: 'No group is registered. `deckhand groups add` registers one.',
  });
  return { title: 'Groups', body: live('groups', 'groups runs', body) };
}

export function describeTrigger(group: RegisteredGroup, assistantName: string): string {
  if (!(group.requiresTrigger ?? !group.isMain)) return 'every message';
  return `to @${(group.trigger ?? assistantName).replace(/^@/, '')}`;
}

/** What was used of what may be used on one day. */
export function describeUsage({ runs, tokens }: BudgetUse, budget: Budget | undefined): Html {
  const { runsPerDay, tokensPerDay } = budget ?? {};
  return html`${ofMost(runs, runsPerDay)} ${noun('run', runs, runsPerDay)}, ${ofMost(tokens, tokensPerDay)} ${noun('token', tokens, tokensPerDay)}`;
}

function noun(one: string, used: number, most: number | undefined): string {
  return (most ?? used) === 1 ? one : `${one}s`;
}

function ofMost(used: number, most: number | undefined): Html {
  const text =
    most === undefined ? formatCount(used) : `${formatCount(used)} of ${formatCount(most)}`;
  return most !== undefined && used >= most ? badge('bad', text) : html`${text}`;
}
