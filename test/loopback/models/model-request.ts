import type { IncomingHttpHeaders } from 'node:http';

/** What a model is asked, the same for both APIs. */
export interface ModelRequest {
  readonly api: 'openai' | 'anthropic';
  readonly model: string;
  /** System, developer and base instructions, joined by newlines. */
  readonly instructions: string;
  /** Text of the newest message of the user. */
  readonly prompt: string;
  /** Everything of role user, oldest first, joined by newlines: what memory and history travel in. */
  readonly userText: string;
  /** Outputs of the tools called since that message, oldest first. Their number is the round of the turn. */
  readonly toolResults: readonly string[];
  /** Names of the offered tools; a tool of a namespace counts by its own name. */
  readonly toolNames: readonly string[];
  readonly isStream: boolean;
  readonly headers: IncomingHttpHeaders;
}

/** One HTTP request as it came in. */
export interface RecordedRequest {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body, uncompressed; undefined when there was none. */
  readonly body: unknown;
  /** Present when a model was asked something. */
  readonly model?: ModelRequest;
}
