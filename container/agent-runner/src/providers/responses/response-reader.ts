import { toApiError, type Usage } from '@deckhand/protocol';
import { z } from 'zod';
import { brokenCall, type CallFailure, classifyApiError } from './call-failure.ts';
import {
  type EndedResponse,
  type OutputItem,
  readStreamEvent,
  type StreamEvent,
} from './stream-event.ts';

/** What a transport hands on: the data of events, and at most once why it broke; then nothing more. */
export type StreamMessage =
  | { readonly type: 'event'; readonly data: string }
  | { readonly type: 'broken'; readonly failure: CallFailure };

export interface DoneCall {
  readonly type: 'done';
  readonly items: readonly OutputItem[];
  readonly usage?: Usage;
}
export type CallOutcome = DoneCall | CallFailure;

/** Follows the texts of an answer while they are made. */
export interface TextListener {
  begin(): void;
  push(piece: string): void;
  complete(text: string): void;
}

const partSchema = z.looseObject({ type: z.literal('output_text'), text: z.string() });

/** The words of a message; undefined for other items. */
export function textOfItem({ type, content }: OutputItem): string | undefined {
  if (type !== 'message' || !Array.isArray(content)) return undefined;
  return content.map((part) => partSchema.safeParse(part).data?.text ?? '').join('');
}

/** Collects the items of one response: the ChatGPT backend leaves `output` of the last event empty. */
class ResponseReader {
  readonly #listener: TextListener;
  readonly #items: OutputItem[] = [];
  #openText = '';

  constructor(listener: TextListener) {
    this.#listener = listener;
  }

  /** The outcome, when the event is the last. */
  accept(event: StreamEvent): CallOutcome | undefined {
    switch (event.type) {
      case 'response.output_item.added':
        if (event.item.type === 'message') this.#listener.begin();
        return undefined;
      case 'response.output_text.delta':
        this.#openText += event.delta;
        this.#listener.push(event.delta);
        return undefined;
      case 'response.output_item.done':
        this.#addItem(event.item);
        return undefined;
      case 'response.completed':
      case 'response.done':
      case 'response.incomplete':
      case 'response.failed':
        return this.#end(event.type, event.response);
      case 'error':
        return classifyApiError(
          toApiError(event.error ?? { ...event, type: null }, event.status ?? undefined),
          new Headers(readHeaders(event.headers)),
        );
      default:
        return event satisfies never;
    }
  }

  #addItem(item: OutputItem): void {
    const text = textOfItem(item);
    this.#items.push(item);
    if (text === undefined) return;
    this.#openText = '';
    this.#listener.complete(text);
  }

  #end(type: StreamEvent['type'], response: EndedResponse): CallOutcome {
    const { status, error } = response;
    if (type === 'response.failed' || status === 'failed')
      return classifyApiError(toApiError(error));
    if (type === 'response.incomplete' || status === 'incomplete') return incompleteCall(response);
    if (this.#items.length === 0) for (const item of response.output ?? []) this.#addItem(item);
    // A text of which no item came is a message all the same.
    if (this.#openText !== '') this.#addItem(assistantMessage(this.#openText));
    const usage = toUsage(response.usage);
    return { type: 'done', items: this.#items, ...(usage && { usage }) };
  }
}

/** Reads one response to its end. A stream that ends before is a failure. */
export async function readResponse(
  messages: AsyncIterable<StreamMessage>,
  listener: TextListener,
): Promise<CallOutcome> {
  const reader = new ResponseReader(listener);
  for await (const message of messages) {
    if (message.type === 'broken') return message.failure;
    const read = readStreamEvent(message.data);
    if (read.status === 'bad') return brokenCall(read.detail);
    const outcome = read.status === 'event' ? reader.accept(read.event) : undefined;
    if (outcome) return outcome;
  }
  return brokenCall('the stream ended before the response was complete');
}

function incompleteCall({ incomplete_details: details }: EndedResponse): CallFailure {
  const detail = `the response is incomplete: ${details?.reason ?? 'no reason'}`;
  return {
    type: 'failed',
    failure: { type: 'failed', class: 'refused', detail },
    isRetryable: false,
  };
}

function assistantMessage(text: string): OutputItem {
  return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] };
}

function readHeaders(headers: Record<string, unknown> | null | undefined): [string, string][] {
  return Object.entries(headers ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
  );
}

function toUsage(usage: EndedResponse['usage']): Usage | undefined {
  if (!usage) return undefined;
  return {
    inputTokens: usage.input_tokens,
    cachedInputTokens: usage.input_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage.output_tokens,
  };
}
