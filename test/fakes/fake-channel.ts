import type { Jid, OutboundMedia, OutboundMessage } from '../../src/core/message.ts';
import { describeOutbound } from '../../src/core/outbound/describe.ts';
import type { Channel, DownloadOutcome, SendOutcome, UploadOutcome } from '../../src/ports.ts';

/** A channel whose server the test plays: it writes down what was sent and answers as told. */
export class FakeChannel implements Channel {
  /** Every attempt, resends included. */
  readonly sent: OutboundMessage[] = [];
  readonly typing: { chatJid: Jid; isTyping: boolean }[] = [];
  readonly downloads: string[] = [];
  respondToDownload: (source: string) => DownloadOutcome | Promise<DownloadOutcome> = () => ({
    status: 'offline',
  });
  readonly uploads: string[] = [];
  uploadOutcomes: UploadOutcome[] = [];
  outcomes: SendOutcome[] = [];
  /** What becomes of a message when no outcome is left in the list; acked unless it says otherwise. */
  respond: ((message: OutboundMessage) => SendOutcome | undefined) | undefined;
  readonly #waiters: { count: number; resolve: () => void }[] = [];

  async run(): Promise<void> {}

  async send(message: OutboundMessage): Promise<SendOutcome> {
    this.sent.push(message);
    for (const waiter of this.#waiters) if (this.sent.length >= waiter.count) waiter.resolve();
    return this.outcomes.shift() ?? this.respond?.(message) ?? { status: 'acked' };
  }

  async upload(message: OutboundMedia): Promise<UploadOutcome> {
    this.uploads.push(message.id);
    return (
      this.uploadOutcomes.shift() ?? { status: 'uploaded', upload: `upload ${this.uploads.length}` }
    );
  }

  async download(source: string): Promise<DownloadOutcome> {
    this.downloads.push(source);
    return this.respondToDownload(source);
  }

  async setTyping(chatJid: Jid, isTyping: boolean): Promise<void> {
    this.typing.push({ chatJid, isTyping });
  }

  get texts(): string[] {
    return this.sent.map(describeOutbound);
  }

  /** Resolves when at least `count` messages were written. */
  async waitForSent(count: number): Promise<void> {
    if (this.sent.length >= count) return;
    await new Promise<void>((resolve) => this.#waiters.push({ count, resolve }));
  }
}
