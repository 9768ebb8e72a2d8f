import { type ApiError, decodeLine, type Usage } from '@deckhand/protocol';
import { type AnswerCounts, readAnswerFacts, toUsage } from './answer-facts.ts';
import { EventSplitter } from './event-splitter.ts';
import { maxUsage, NO_USAGE, totalOf } from './usage-sum.ts';

/** Longest answer that is not a stream in bytes of which the counts are read. */
const MAX_WHOLE_BYTES = 16 * 1024 * 1024;

/** Rough sizes of a token, for answers whose own counts never came: in a request, and in a stream with its frames. */
const REQUEST_BYTES_PER_TOKEN = 4;
const STREAM_BYTES_PER_TOKEN = 64;

/** What an answer may well take while nobody knows its length, in tokens. */
const LIKELY_ANSWER_TOKENS = 16_000;

/** Follows a question from when it is sent, reads along while its answer passes, and knows at its end what it has cost. */
export class AnswerTap {
  readonly #requestBytes: number;
  #onError: (error: ApiError) => void = () => undefined;
  #splitter: EventSplitter | undefined;
  #isFree = false;
  #whole: Uint8Array[] = [];
  #bytes = 0;
  #counts: AnswerCounts = {};
  #isCounted = false;

  constructor(requestBytes: number) {
    this.#requestBytes = requestBytes;
  }

  /** The model has begun to answer. */
  begin(contentType: string, onError: (error: ApiError) => void): void {
    this.#onError = onError;
    if (contentType.startsWith('text/event-stream')) {
      this.#splitter = new EventSplitter((data) => this.#readEvent(data));
    }
  }

  /** Never throws. */
  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#splitter) this.#splitter.push(chunk);
    else if (this.#bytes <= MAX_WHOLE_BYTES) this.#whole.push(chunk);
    else this.#whole = [];
  }

  /** The model has refused the question, or was not reached with it. */
  forgive(): void {
    this.#isFree = true;
  }

  /** The answer has come to its end, whatever that was. */
  end(): void {
    if (!this.#splitter && this.#whole.length > 0)
      this.#read(Buffer.concat(this.#whole).toString());
    this.#whole = [];
  }

  /**
   * Of an answer that is not at its end, of none as yet, and of one whose counts nobody understands, at least what the
   * lengths let expect: who cuts each answer before its end would be asked for nothing otherwise.
   */
  get usage(): Usage {
    if (this.#isFree) return NO_USAGE;
    const counted = toUsage(this.#counts);
    if (this.#isCounted) return counted;
    const isInputTold = this.#counts.input_tokens !== undefined;
    return maxUsage(counted, {
      inputTokens: isInputTold ? 0 : Math.ceil(this.#requestBytes / REQUEST_BYTES_PER_TOKEN),
      cachedInputTokens: 0,
      outputTokens: Math.ceil(this.#bytes / STREAM_BYTES_PER_TOKEN),
    });
  }

  /** Tokens that are not to be promised to another question while this one goes on. */
  get reserved(): number {
    const { usage } = this;
    return this.#isCounted ? totalOf(usage) : totalOf(usage) + LIKELY_ANSWER_TOKENS;
  }

  /** Most events are pieces of text, which need not be parsed. */
  #readEvent(data: string): void {
    if (data.includes('"usage"') || data.includes('error')) this.#read(data);
  }

  #read(text: string): void {
    const decoded = decodeLine(text);
    if (!decoded.ok) return;
    const { counts, isEnd, error } = readAnswerFacts(decoded.value);
    this.#counts = { ...this.#counts, ...counts };
    this.#isCounted ||= isEnd;
    if (error) this.#onError(error);
  }
}
