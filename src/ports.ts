import type { Duplex } from 'node:stream';
import type { GatewayAccess, RunEvent, RunRequest, Usage } from '@deckhand/protocol';
import type { UsableCredential } from './core/credential.ts';
import type { EgressDenial, EgressPolicy } from './core/egress.ts';
import type { AttemptFailure } from './core/failure-class.ts';
import type { RegisteredGroup } from './core/group.ts';
import type { InboundMessage, Jid, OutboundMedia, OutboundMessage } from './core/message.ts';
import type { ModelRoute } from './core/models/route.ts';

/**
 * What became of one attempt to send:
 * - `acked`: the server has it
 * - `unconfirmed`: no ack came; send the same id again later
 * - `rejected`: the server will never take it
 */
export type SendOutcome =
  | { status: 'acked' }
  | { status: 'unconfirmed'; reason: string }
  | { status: 'rejected'; reason: string };

/** What became of one attempt to upload a file; `upload` belongs into the message before it is sent. */
export type UploadOutcome =
  | { status: 'uploaded'; upload: string }
  | Exclude<SendOutcome, { status: 'acked' }>;

/** What became of one attempt to download a file; `offline` is tried again when the link opens. */
export type DownloadOutcome =
  | { status: 'downloaded'; bytes: Uint8Array }
  | { status: 'too_large' }
  | { status: 'offline' }
  | { status: 'failed'; reason: string; isFinal: boolean };

/**
 * State of a channel's link:
 * `connecting → open → connecting → …`; `stopped` is final until a person acts, and `mend` says what to do.
 */
export type ChannelState =
  | { status: 'unlinked' }
  | { status: 'connecting' }
  | { status: 'open'; ownJids: readonly Jid[] }
  | {
      status: 'stopped';
      /** What has happened, as a part of a sentence. */
      reason: string;
      /** Whole sentences. */
      mend: string;
      /** The client is too old for the server. */
      isOutdated?: boolean;
    };

export interface ChannelHandlers {
  /** Must store the message durably before it returns; called again for redeliveries. */
  onMessage(message: InboundMessage): void;
  onState(state: ChannelState): void;
  /** The server has delivered what it kept while the channel was away; reading the last of it may go on. */
  onCaughtUp?(): void;
  /** The text of an earlier outgoing message, asked for when a phone could not decrypt it. */
  findOutbound(id: string): OutboundMessage | undefined;
}

export interface Channel {
  /** Connects and stays connected until the signal aborts. Rejects only on a bug. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when acked, refused or in doubt; never rejects. */
  send(message: OutboundMessage, signal: AbortSignal): Promise<SendOutcome>;
  /** Brings the bytes of a file to where a message can name them. Never rejects. */
  upload(message: OutboundMedia, path: string, signal: AbortSignal): Promise<UploadOutcome>;
  /** Fetches the file of an incoming message by its source. Never rejects. */
  download(source: string, maxBytes: number, signal: AbortSignal): Promise<DownloadOutcome>;
  /** Best effort; never rejects. */
  setTyping(chatJid: Jid, isTyping: boolean): Promise<void>;
}

/**
 * How a run ended, exactly one of answered / failed. `detached` means that this host let go of a run that
 * may still be going on; the next host adopts it.
 */
export type RunOutcome =
  | {
      status: 'answered';
      text: string;
      isCut: boolean;
      sessionId?: string;
      usage?: Usage;
      /** The pre-check script of a task decided against the run; the text is empty. */
      isNotWoken?: true;
    }
  | {
      status: 'failed';
      class: AttemptFailure;
      /** For the log; never for a chat. */
      detail: string;
      retryAt?: number;
      hasSideEffects: boolean;
      /** What the model was asked all the same, where the host has seen it. */
      usage?: Usage;
    }
  | { status: 'detached' };

export interface RunHandlers {
  /** The container that serves the run, as soon as it is known. */
  onContainer(containerId: string): void;
  /** Each event once, in order. `delta` comes only for a request with `isStreaming`. */
  onEvent(event: RunEvent): void;
}

export interface AgentRunner {
  /** Runs one request to its end. Aborting the signal stops it politely, then by force. Never rejects. */
  run(
    request: RunRequest,
    group: RegisteredGroup,
    handlers: RunHandlers,
    signal: AbortSignal,
  ): Promise<RunOutcome>;
  /**
   * Takes over a run that an earlier host started, reading its events again from the first one.
   * Undefined when no container of this installation has it.
   */
  adopt(
    runId: string,
    folder: string,
    handlers: RunHandlers,
    signal: AbortSignal,
  ): Promise<RunOutcome | undefined>;
  /** Stops the group's idle container, so that the next run starts with new settings. */
  release(folder: string): Promise<void>;
  /** Lets go of running runs, which end `detached`, as does every run asked for afterwards. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What an attempt may reach through the host. */
export interface GatewayEntry {
  readonly attemptId: string;
  readonly runId: string;
  readonly group: RegisteredGroup;
  readonly route: ModelRoute;
  readonly credential: UsableCredential;
  /** Tokens of the group's budget that are left; its model is not asked any more when they are used up. */
  readonly tokensLeft?: number | undefined;
  /** An earlier host began the attempt, so that this one has not seen all of it. */
  readonly isAdopted?: true;
}

/** An attempt that is let through the group's door. Disposing ends it with all its connections. */
export interface Admission extends Disposable {
  /** Belongs into the request. The same again for the same attempt, so that a later host knows a run that it adopts. */
  readonly access: GatewayAccess;
  /** Corrects what the agent says of how it ended by what its model has really answered. */
  settle(outcome: RunOutcome): RunOutcome;
}

/** The only way out of a group's container. */
export interface Gateway extends AsyncDisposable {
  /** Whether this group's agents go through it; their container has a network and credentials of its own otherwise. */
  serves(group: RegisteredGroup): boolean;
  /** Opens the group's door for one attempt. Rejects when the door cannot be opened. */
  admit(entry: GatewayEntry): Promise<Admission>;
  /** Takes no more connections: those who come wait for the next host. Those who are there stay until their attempts end. */
  stopListening(): Promise<void>;
  /** Closes the connections to the outside that the groups' policies, as they are now, do not allow. */
  recheck(): void;
}

/** A connection of a container that wants to go outside. */
export interface OutsideRequest {
  /**
   * At the first byte of the proxy request, paused, and open for half-closed connections. The receiver owns it and
   * closes it. It flows with the next tick where the receiver has begun to listen for data by then.
   */
  readonly socket: Duplex;
  /** The group's policy as it is now. */
  readonly policy: () => EgressPolicy;
  /** Has `check` called whenever the policy may be another, until the answer is disposed. */
  readonly onPolicyChange: (check: () => void) => Disposable;
  /** Aborts when the run is over; the connection is closed then, with what was opened for it. */
  readonly signal: AbortSignal;
  readonly onDenied: (denial: EgressDenial) => void;
}

/** Serves one such connection to its end. Never throws. */
export type ServeOutside = (request: OutsideRequest) => void;
