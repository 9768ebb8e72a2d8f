import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { MessageDecision } from '../../core/decision.ts';
import { type FoundMessage, listMessages, readMessageText } from '../../db/story-message.ts';
import type { StoryMatch } from '../../db/story-search.ts';
import { type ConsoleView, type PageContent, renderOfHost } from '../console-view.ts';
import { stateBadge } from '../html/badge.ts';
import { type Html, live } from '../html/layout.ts';
import { table } from '../html/table.ts';
import { localTime } from '../html/time.ts';
import type { ServingHost } from '../ports.ts';
import { type FoundStory, lookUpStory } from './story-lookup.ts';
import { storyParts } from './story-parts.ts';

/** Longer than every id; what is longer is none. */
const MAX_WANTED_CHARS = 200;
const LIST_LENGTH = 20;

const ASKS: Readonly<Record<MessageDecision, string>> = {
  name: 'by name',
  mention: 'by a mention',
  reply: 'by a reply',
  always: 'as every message',
  not_addressed: 'no',
  empty: 'no, it is empty',
  not_allowed: 'may not',
  rate_limited: 'too often',
  dropped: 'may not',
  stale: 'too old',
  command: 'the host itself',
};

interface Question {
  readonly wanted: string;
  /** Whether what people wrote is shown. */
  readonly hasText: boolean;
  readonly timeZone: string;
}

export function addWhyPage(app: Hono, view: ConsoleView): void {
  app.get('/why', (c) => {
    const wanted = (c.req.query('message') ?? '').trim().slice(0, MAX_WANTED_CHARS);
    const { timeZone, now } = view.deps;
    const question = { wanted, hasText: c.req.query('text') === '1', timeZone };
    return renderOfHost(c, view, 'Why', (host) => why(host, question, now()));
  });
}

function why(host: ServingHost, question: Question, now: number): PageContent {
  const { wanted } = question;
  const shown =
    wanted === ''
      ? newestMessages(host, question)
      : answer(host, lookUpStory(host, wanted, now), question);
  return {
    title: 'Why',
    body: html`<p>Why a message was answered or not, and where the time went.</p>
${searchForm(question)}${live('why', 'runs', shown)}`,
  };
}

function searchForm({ wanted, hasText }: Question): Html {
  return html`<form class="filter" method="get" action="/why" role="search"><label for="message">Message or run</label>
<input id="message" name="message" value="${wanted}" placeholder="id, its beginning, or last" autocomplete="off" spellcheck="false">
<label class="check"><input type="checkbox" name="text" value="1"${hasText ? html` checked` : ''}> Show what people wrote</label>
<button type="submit">Look</button></form>`;
}

function answer(host: ServingHost, found: FoundStory, question: Question): Html {
  switch (found.status) {
    case 'unknown':
      return html`<p class="empty">No message or run has this id or this beginning. What is said in chats that are not registered is not kept, and what was sent while the host was down comes in when it connects.</p>`;
    case 'ambiguous':
      return matchTable(found.matches, question);
    case 'found': {
      const { target, story } = found;
      const text =
        question.hasText && target.kind === 'message'
          ? readMessageText(host.db, target.seq)
          : undefined;
      return html`${text === undefined ? '' : html`<blockquote>${text}</blockquote>`}${storyParts(story, question.timeZone)}`;
    }
    default:
      return found satisfies never;
  }
}

function matchTable(matches: readonly StoryMatch[], question: Question): Html {
  return table({
    caption: 'Several fit',
    columns: ['Id', 'Time'],
    rows: matches.map(({ id, at, target }) => [
      target.kind === 'run'
        ? html`<a href="/runs/${target.id}">${id}</a>`
        : whyLink(target.seq, id, question),
      localTime(at, question.timeZone),
    ]),
    empty: '',
  });
}

function newestMessages(host: ServingHost, question: Question): Html {
  const messages = listMessages(host.db, { chatJid: undefined, limit: LIST_LENGTH });
  const { hasText } = question;
  return table({
    caption: 'The last messages',
    columns: ['Message', 'Came in', 'From', 'Asks?', 'State', ...(hasText ? ['Text'] : [])],
    rows: messages.map((message) => [
      ...messageCells(message, question),
      ...(hasText ? [readMessageText(host.db, message.seq) ?? ''] : []),
    ]),
    empty: 'No message has come in yet.',
  });
}

function messageCells(message: FoundMessage, question: Question) {
  const { seq, id, receivedAt, senderName, decision, state } = message;
  return [
    whyLink(seq, id, question),
    localTime(receivedAt, question.timeZone),
    senderName,
    decision === null ? '–' : ASKS[decision],
    stateBadge(state),
  ];
}

/** By its number: the sender chooses the id. */
function whyLink(seq: number, id: string, { hasText }: Question): Html {
  return html`<a href="/why?message=%23${seq}${hasText ? '&text=1' : ''}">${id}</a>`;
}
