import { FAMILY, MailboxWorld, message, WORK } from '../../../src/ipc/mailbox-world.fixture.ts';
import type { Mailboxes } from '../../../src/ipc/mailboxes.ts';
import type { AttackSite } from './attack-row.ts';

/** What the product gives each group (`src/ipc/mailboxes.ts`): a flood is what is more. */
const RATE = { burst: 200, perSecond: 100 };

/** Mailboxes alone, for attacks that need no container: a quiet group's question is a request, its answer the reply. */
export class MailboxSite implements AttackSite {
  readonly world: MailboxWorld;
  readonly host: Mailboxes;
  #count = 0;

  private constructor(world: MailboxWorld, host: Mailboxes) {
    this.world = world;
    this.host = host;
  }

  static async open(): Promise<MailboxSite> {
    const world = await MailboxWorld.create();
    return new MailboxSite(world, await world.start({ rate: RATE }));
  }

  async ask(signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    const name = this.nextName();
    await this.world.send(WORK.folder, name, message(WORK.jid, 'calm'));
    const startedAt = performance.now();
    await this.host.settle(WORK.folder);
    const elapsedMs = performance.now() - startedAt;
    const reply = await this.world.reply(WORK.folder, name);
    if (reply?.ok !== true) throw new Error('a quiet group was refused');
    return elapsedMs;
  }

  /** Puts a file into the hostile group's mailbox and has the host look at it. */
  async attack(content: unknown): Promise<void> {
    await this.world.send(FAMILY.folder, this.nextName(), content);
    await this.host.settle(FAMILY.folder);
  }

  /** Has the host look into the hostile group's mailbox again and again, as during a run. */
  beBusy(): void {
    this.host.setActive(FAMILY.folder, true);
  }

  nextName(): string {
    this.#count += 1;
    return `r-${this.#count}.json`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.world[Symbol.asyncDispose]();
  }
}
