import { randomUUID } from 'node:crypto';
import type { RunRequest } from '@deckhand/protocol';
import { STOPPED_CALL } from './call-failure.ts';
import type { ModelCredential } from './credential.ts';
import { waitForNewCredential } from './credential-renewal.ts';
import { requestHeaders } from './headers.ts';
import type { ResponsesLimits } from './limits.ts';
import type { ModelCall } from './model-call.ts';
import type { RequestBody } from './request-body.ts';
import {
  type CallOutcome,
  readResponse,
  type StreamMessage,
  type TextListener,
} from './response-reader.ts';
import { askWithRetries } from './retry.ts';
import { streamSse } from './sse-stream.ts';
import { streamWebSocket } from './websocket-stream.ts';

type Settings = NonNullable<RunRequest['responses']>;

export interface ModelClientDeps {
  readonly settings: Settings;
  /** Absent where the host adds it. */
  readonly credential: ModelCredential | undefined;
  readonly codexHome: string;
  readonly limits: ResponsesLimits;
  /** Whether the text is shown while it is made, so that it must not come twice. */
  readonly isStreaming: boolean;
  readonly onRetry: (detail: string) => void;
  /** A ChatGPT token was refused; whoever hears of it may write a newer one. */
  readonly onRefused: (detail: string) => void;
}

/**
 * Sends the model requests of one run. A refused ChatGPT token is replaced once per request when the host has written a
 * newer one; a WebSocket that does not work is not tried again in this run.
 */
export class ModelClient {
  readonly #deps: ModelClientDeps;
  readonly #sessionId = randomUUID();
  #credential: ModelCredential | undefined;
  #hasWebSocket: boolean;

  constructor(deps: ModelClientDeps) {
    this.#deps = deps;
    this.#credential = deps.credential;
    this.#hasWebSocket = deps.settings.transport === 'websocket';
  }

  /** Never rejects; ends soon after the signal aborts. */
  async ask(body: RequestBody, listener: TextListener, signal: AbortSignal): Promise<CallOutcome> {
    const shown = countText(listener);
    const { limits, isStreaming, onRetry } = this.#deps;
    const mayRetry = () => !(isStreaming && shown.hasText()) && !signal.aborted;
    const send = () => this.#send(body, shown, signal);
    const askOnce = () => askWithRetries(send, limits, { mayRetry, onRetry }, signal);
    const outcome = await askOnce();
    if (outcome.type === 'done' || !outcome.isUnauthorized) return outcome;
    return (await this.#renewCredential(signal)) ? await askOnce() : outcome;
  }

  async #renewCredential(signal: AbortSignal): Promise<boolean> {
    const { settings, codexHome, limits, onRefused } = this.#deps;
    if (settings.auth !== 'chatgpt' || this.#credential === undefined) return false;
    onRefused('the ChatGPT token was refused; waiting for a newer one');
    const { token } = this.#credential;
    const newer = await waitForNewCredential(codexHome, token, limits.credentialWaitMs, signal);
    if (newer) this.#credential = newer;
    return newer !== undefined;
  }

  async #send(body: RequestBody, listener: TextListener, signal: AbortSignal) {
    const { settings, limits } = this.#deps;
    const call: ModelCall = {
      url: `${settings.baseUrl.replace(/\/$/, '')}/responses`,
      headers: requestHeaders({
        credential: this.#credential,
        isChatgpt: settings.auth === 'chatgpt',
        sessionId: this.#sessionId,
        isLite: settings.isLite,
      }),
      body,
    };
    return (
      (this.#hasWebSocket && (await this.#sendByWebSocket(call, listener, signal))) ||
      (await readResponse(streamSse(call, limits.idleMs, signal), listener))
    );
  }

  /** Undefined when the connection broke before the first event, so that HTTP can be tried instead. */
  async #sendByWebSocket(
    call: ModelCall,
    listener: TextListener,
    signal: AbortSignal,
  ): Promise<CallOutcome | undefined> {
    const events = { count: 0 };
    const messages = streamWebSocket(call, this.#deps.limits.idleMs, signal);
    const outcome = await readResponse(countEvents(messages, events), listener);
    if (outcome.type === 'done') return outcome;
    if (signal.aborted) return STOPPED_CALL;
    if (outcome.isBroken) this.#hasWebSocket = false;
    return events.count === 0 ? undefined : outcome;
  }
}

async function* countEvents(
  messages: AsyncIterable<StreamMessage>,
  events: { count: number },
): AsyncGenerator<StreamMessage, void> {
  for await (const message of messages) {
    if (message.type === 'event') events.count++;
    yield message;
  }
}

function countText(listener: TextListener): TextListener & { hasText(): boolean } {
  const shown = { chars: 0 };
  const count = (text: string) => {
    shown.chars += text.length;
  };
  return {
    begin: () => listener.begin(),
    push: (piece) => {
      count(piece);
      listener.push(piece);
    },
    complete: (text) => {
      count(text);
      listener.complete(text);
    },
    hasText: () => shown.chars > 0,
  };
}
