import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Now } from '../clock.ts';
import type { EgressPolicy } from '../core/egress.ts';
import type { ModelSession } from '../gateway/model-session.ts';
import type { Logger } from '../logger.ts';
import type { GatewayEntry } from '../ports.ts';
import { AnswerTap } from './answer-tap.ts';
import { askModel, type SignedAnswer } from './ask-model.ts';
import { isOfOwnModel } from './asked-model.ts';
import { ByteRate } from './byte-rate.ts';
import { type CheckedRequest, checkRequest, type RequestRules } from './check-request.ts';
import { HeldBytes } from './held-bytes.ts';
import { ModelReport } from './model-report.ts';
import { type ModelServers, serverUrlOf } from './model-server.ts';
import { ModelSignIn } from './model-sign-in.ts';
import type { Refusal } from './refusal.ts';
import { type AnswerParts, relayAnswer } from './relay-answer.ts';
import { sendRefusal } from './send-refusal.ts';
import { settleOutcome } from './settle-outcome.ts';
import type { Upstream } from './upstream.ts';

/** Longest head of a request in bytes. */
const MAX_HEAD_BYTES = 16 * 1024;

/** Refusals of an attempt that are logged, so that it cannot push what others did out of the log. */
const MAX_LOGGED = 50;

const NO_CREDENTIAL: Refusal = {
  status: 401,
  message: 'This installation has no credential for the model now.',
};
const OUT_OF_TOKENS: Refusal = {
  status: 429,
  message: "This group's tokens of the day are used up.",
};
const TOO_MANY: Refusal = { status: 503, message: 'This agent asks too much at a time.' };
const UNREACHABLE: Refusal = { status: 502, message: "The model's server cannot be reached." };
const FAULT: Refusal = { status: 502, message: 'The host could not ask the model.' };

export interface ModelProxyDeps {
  readonly servers: ModelServers;
  readonly upstream: Upstream;
  /** Of the group with this folder, as it is now. */
  readonly policyOf: (folder: string) => EgressPolicy;
  readonly now: Now;
  readonly logger: Logger;
}

/** What asks the models of attempts for them: see `openModel` of the gateway. */
export function createModelProxy(deps: ModelProxyDeps): (entry: GatewayEntry) => ModelSession {
  const rates = new Map<string, ByteRate>();
  return (entry) => {
    const { folder } = entry.group;
    const rate = rates.get(folder) ?? new ByteRate(deps.now);
    rates.set(folder, rate);
    return new ProxySession(deps, entry, rate);
  };
}

type Question = Omit<AnswerParts, 'secret'>;

/** The requests of one attempt. */
class ProxySession implements ModelSession {
  readonly #deps: ModelProxyDeps;
  readonly #entry: GatewayEntry;
  /** Of the group. */
  readonly #rate: ByteRate;
  readonly #report: ModelReport;
  readonly #signIn: ModelSignIn;
  readonly #held = new HeldBytes();
  #refusals = 0;
  /** It closes no connection of its own accord: their end is that of the attempt. */
  readonly #server = createServer({ maxHeaderSize: MAX_HEAD_BYTES, keepAliveTimeout: 0 });

  constructor(deps: ModelProxyDeps, entry: GatewayEntry, rate: ByteRate) {
    this.#deps = deps;
    this.#rate = rate;
    this.#entry = entry;
    this.#report = new ModelReport(entry.tokensLeft);
    this.#signIn = new ModelSignIn(entry.route.ref.provider, entry.credential);
    this.#server.on('request', (request, response) => void this.#answer(request, response));
  }

  serve(socket: Duplex): void {
    this.#server.emit('connection', socket);
  }

  settle(outcome: Parameters<ModelSession['settle']>[0]) {
    return settleOutcome(outcome, this.#report, this.#entry.isAdopted ?? false);
  }

  [Symbol.dispose](): void {
    this.#server.removeAllListeners('request');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    using hold = this.#held.open();
    try {
      if (!hold) return this.#refuse(response, TOO_MANY);
      const checked = await checkRequest(request, this.#rules(gone.signal), hold);
      if (checked.ok) await this.#ask(request, response, checked, gone.signal);
      else if (checked.refusal) this.#refuse(response, checked.refusal);
    } catch (error) {
      if (gone.signal.aborted) return;
      this.#deps.logger.error({ err: error, runId: this.#entry.runId }, 'the model proxy failed');
      if (response.headersSent) response.destroy();
      else this.#refuse(response, FAULT);
    }
  }

  #rules(signal: AbortSignal): RequestRules {
    const { group, route } = this.#entry;
    return {
      ref: route.ref,
      mayReachOut: () => this.#deps.policyOf(group.folder).kind === 'open',
      waitForTurn: (bytes) => this.#rate.wait(bytes, signal),
    };
  }

  async #ask(
    request: IncomingMessage,
    response: ServerResponse,
    checked: CheckedRequest,
    signal: AbortSignal,
  ): Promise<void> {
    const question = this.#questionOf(checked);
    const { tap } = question;
    using admitted = tap && (await this.#report.admit(tap, signal));
    if (tap && !admitted) return this.#refuse(response, OUT_OF_TOKENS);
    const signed = await this.#send(request, checked, question, signal);
    if ('message' in signed) return this.#refuse(response, signed);
    await relayAnswer(signed.answer, response, { ...question, secret: signed.signature.secret });
  }

  #questionOf({ path, asked, body }: CheckedRequest): Question {
    return {
      provider: this.#entry.route.ref.provider,
      now: this.#deps.now,
      tap: path.kind === 'ask' && body ? new AnswerTap(body.length) : undefined,
      noteFailure: (failure) => {
        if (isOfOwnModel(asked, failure.class)) this.#report.noteFailure(failure);
      },
    };
  }

  /** The refusal when the server cannot be asked. */
  async #send(
    request: IncomingMessage,
    checked: CheckedRequest,
    { provider, tap, noteFailure }: Question,
    signal: AbortSignal,
  ): Promise<SignedAnswer | Refusal> {
    const { servers, upstream } = this.#deps;
    const deps = { upstream, signIn: this.#signIn, serverUrl: serverUrlOf(provider, servers) };
    try {
      const signed = await askModel(deps, request, checked, signal);
      if (signed) return signed;
      noteFailure({ class: 'auth', detail: 'there is no credential' });
      tap?.forgive();
      return NO_CREDENTIAL;
    } catch (error) {
      if (signal.aborted || !isNetworkError(error)) throw error;
      const detail = `the model's server cannot be reached: ${error.message}`;
      noteFailure({ class: 'overloaded', detail });
      tap?.forgive();
      return UNREACHABLE;
    }
  }

  #refuse(response: ServerResponse, refusal: Refusal): void {
    const { runId, route } = this.#entry;
    const { status, message: reason } = refusal;
    const line = 'a request of an agent to its model was refused';
    if (this.#refusals++ < MAX_LOGGED) this.#deps.logger.info({ runId, status, reason }, line);
    sendRefusal(response, route.ref.provider, refusal);
  }
}

/** Names, connections and certificates; all else is a fault of the host. */
function isNetworkError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && !String(error.code).startsWith('ERR_INVALID');
}
