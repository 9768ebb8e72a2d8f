import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { CoolingModel } from '../../core/fallback.ts';
import { createInbox } from '../../db/inbox.ts';
import { createModelStore } from '../../db/models.ts';
import { createRuns } from '../../db/runs.ts';
import { countPendingOutbox } from '../../db/status-counts.ts';
import type { ChannelState } from '../../ports.ts';
import { type ConsoleView, type PageContent, renderPage } from '../console-view.ts';
import { badge, stateBadge } from '../html/badge.ts';
import { type Html, live, liveSentence } from '../html/layout.ts';
import { factList, table } from '../html/table.ts';
import { localTime } from '../html/time.ts';
import type { Containers, ServingHost, SignInTrouble } from '../ports.ts';
import { groupWork } from './group-work.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export function addOverviewPage(app: Hono, view: ConsoleView): void {
  app.get('/', (c) => renderPage(c, view, overview(view, c.req.raw.signal)));
}

/** What has to be asked for elsewhere. */
interface Surroundings {
  readonly containers: Containers;
  readonly troubles: readonly SignInTrouble[];
}

async function overview(view: ConsoleView, signal: AbortSignal): Promise<PageContent> {
  const { host: asked } = view.state();
  const around = asked === undefined ? undefined : await lookAround(asked, signal);
  // It may have gone meanwhile, and its database with it.
  const { channel, host } = view.state();
  const isThere = host !== undefined && host === asked && around !== undefined;
  return {
    title: 'Overview',
    body: html`${liveSentence('headline', 'host runs link', headline(channel, host))}
${live('whatsapp', 'host link', whatsappCard(channel))}
${isThere ? hostParts(host, view, around) : ''}`,
  };
}

async function lookAround(host: ServingHost, signal: AbortSignal): Promise<Surroundings> {
  return {
    containers: await host.readContainers(signal),
    troubles: await host.readSignInTroubles(),
  };
}

function headline(channel: ChannelState, host: ServingHost | undefined): string {
  if (host === undefined) return 'The host is not serving yet.';
  const { running, waiting } = host.readQueue();
  const work = running === 0 ? 'nobody is being answered' : `${count(running, 'run')} going on`;
  const line = waiting === 0 ? '' : `, ${count(waiting, 'chat')} waiting`;
  return channel.status === 'open'
    ? `Connected to WhatsApp; ${work}${line}.`
    : `Not connected to WhatsApp; ${work}${line}.`;
}

function whatsappCard(channel: ChannelState): Html {
  return html`<section aria-labelledby="whatsapp-title"><h2 id="whatsapp-title">WhatsApp</h2>
<p>${stateBadge(channel.status)} ${describeChannel(channel)}</p></section>`;
}

function describeChannel(channel: ChannelState): Html | string {
  switch (channel.status) {
    case 'open':
      return `Connected as ${channel.ownJids.map((jid) => jid.replace(/@.*$/s, '')).join(', ')}.`;
    case 'connecting':
      return 'Connecting.';
    case 'unlinked':
      return html`No phone is linked. <a href="/link">Link one</a>.`;
    case 'stopped':
      return `WhatsApp has ended the link: ${channel.reason}. ${channel.mend}`;
    default:
      return channel satisfies never;
  }
}

function hostParts(
  host: ServingHost,
  { deps }: ConsoleView,
  { containers, troubles }: Surroundings,
): Html {
  const now = deps.now();
  const cooling = createModelStore(host.db).listCooling(now);
  return html`${live('work', 'host runs', workCard(host, now))}
${live('group-work', 'host runs groups', groupTable(host, now))}
${live('trouble', 'host runs groups', troubleCard(troubles, cooling, deps.timeZone))}
${live('containers', 'host runs', containerCard(containers))}`;
}

function workCard({ db, readQueue }: ServingHost, now: number): Html {
  const counts = new Map(
    createRuns(db)
      .countsSince(now - DAY_MS)
      .map(({ state, count: many }) => [state, many]),
  );
  const queue = readQueue();
  return html`<section aria-labelledby="work-title"><h2 id="work-title">Work</h2>${factList([
    ['Runs going on', queue.running],
    ['Chats waiting', queue.waiting],
    ['To be sent', countPendingOutbox(db)],
    ['Answered in 24 h', counts.get('answered') ?? 0],
    ['Failed in 24 h', counts.get('failed') ?? 0],
  ])}</section>`;
}

function groupTable({ db, registrations }: ServingHost, now: number): Html {
  const running = new Map(
    createRuns(db)
      .running()
      .map((run) => [run.chatJid, run]),
  );
  const waiting = new Set(createInbox(db).pendingChats());
  return html`<section>${table({
    caption: 'Groups',
    columns: ['Group', 'Who answers', 'Now'],
    rows: registrations
      .all()
      .map((group) => [
        html`<a href="/groups/${group.folder}">${group.name}</a>`,
        group.provider,
        groupWork(running.get(group.jid), waiting.has(group.jid), now),
      ]),
    empty: 'No group is registered. `deckhand groups add` registers one.',
  })}</section>`;
}

function troubleCard(
  troubles: readonly SignInTrouble[],
  cooling: readonly CoolingModel[],
  timeZone: string,
): Html {
  if (troubles.length === 0 && cooling.length === 0) return html``;
  return html`<section aria-labelledby="trouble-title"><h2 id="trouble-title">To look at</h2><ul class="plain">
${troubles.map(({ profile, reason, mend }) => html`<li>${badge('bad', 'sign-in')} ${profile}: ${reason}; ${mend}.</li>`)}
${cooling.map((model) => html`<li>${badge('busy', 'resting')} ${model.name}: ${model.class === 'quota' ? 'its usage limit is reached' : 'it is not served to this account'}; not asked before ${localTime(model.until, timeZone)}.</li>`)}
</ul></section>`;
}

function containerCard(found: Containers): Html {
  return html`<section>${containerBody(found)}</section>`;
}

function containerBody(found: Containers): Html {
  switch (found.status) {
    case 'none':
      return html`<h2>Containers</h2><p class="empty">Agents run as plain processes.</p>`;
    case 'unreachable':
      return html`<h2>Containers</h2><p>${badge('bad', 'unknown')} Docker does not answer. \`deckhand doctor\` says more.</p>`;
    case 'listed':
      if (found.containers.length === 0) {
        return html`<h2>Containers</h2><p class="empty">None runs. One is started with the next question.</p>`;
      }
      return table({
        caption: 'Containers',
        columns: ['Container', 'Group', 'State'],
        rows: found.containers.map(({ id, folder, state }) => [id, folder, stateBadge(state)]),
        empty: '',
      });
    default:
      return found satisfies never;
  }
}

function count(many: number, noun: string): string {
  return `${many} ${noun}${many === 1 ? '' : 's'}`;
}
