import type { After, Now } from '../clock.ts';
import { passCrashPoint } from '../crash-points.ts';
import type { Logger } from '../logger.ts';
import type { ClaimHandler } from './claim-handler.ts';
import type { Claim, Claims } from './claims.ts';
import { REQUEST_BOXES, type RequestBox } from './command.ts';
import type { MailboxFolderTree } from './mailbox-folder.ts';
import type { OpenedFolder } from './opened-folder.ts';
import type { Replies } from './replies.ts';
import { isSafeName } from './request-name.ts';
import { scanRequests } from './request-scan.ts';
import { type Rate, TokenBucket } from './token-bucket.ts';

/** Requests taken in one scan of a folder, before the other folder has its turn. */
const SCAN_LIMIT = 256;
/** With this many requests stuck (disk full), no new ones are taken out of the mailbox. */
const MAX_STUCK = 16;
/** To look at so many names costs the host as much as a request. */
const NAMES_PER_TURN = 1_000;
const PRUNE_EVERY_MS = 3_600_000;
const REPLY_AGE_MS = 24 * 3_600_000;

export interface GroupMailboxDeps {
  readonly folder: string;
  readonly tree: MailboxFolderTree;
  readonly claims: Claims;
  readonly handler: ClaimHandler;
  readonly replies: Replies;
  readonly logger: Logger;
  readonly now: Now;
  readonly after: After;
  readonly rate: Rate;
  /** Longest time between two scans without an event. */
  readonly sweepMs: { readonly active: number; readonly quiet: number };
  /** A request folder is another one than at the last scan. */
  readonly onFolderReplaced: (box: RequestBox) => void;
}

/**
 * Handles the requests of one group, one after the other; groups do not wait for each other.
 *
 * quiet → (nudge, sweep) → draining → quiet → … → disposed
 * While draining: claims left over first, then each folder, until a scan finds nothing that is new.
 */
export class GroupMailbox implements AsyncDisposable {
  readonly #deps: GroupMailboxDeps;
  readonly #bucket: TokenBucket;
  readonly #stuck = new Set<string>();
  readonly #identities = new Map<RequestBox, string>();
  #hasRecovered = false;
  #isActive = false;
  #isDirty = false;
  #isDisposed = false;
  #prunedAt = -Infinity;
  #draining: Promise<void> | undefined;
  /** The first look, until it has ended. */
  #recovering: Promise<void> | undefined;
  #hasLooked = false;
  #cancelTimer: () => void = () => undefined;
  #endWait: () => void = () => undefined;

  constructor(deps: GroupMailboxDeps) {
    this.#deps = deps;
    this.#bucket = new TokenBucket(deps.rate, deps.now);
  }

  /** Looks at the mailbox now, or once more when it is being looked at. */
  nudge(): void {
    if (this.#isDisposed) return;
    this.#isDirty = true;
    if (this.#draining) return;
    this.#cancelTimer();
    this.#draining = this.#drain();
    if (this.#hasLooked) return;
    this.#hasLooked = true;
    this.#recovering = this.#draining.then(() => void (this.#recovering = undefined));
  }

  setActive(isActive: boolean): void {
    this.#isActive = isActive;
    this.nudge();
  }

  /** The first look into the mailbox; undefined when it has ended, whatever came of it. */
  get recovering(): Promise<void> | undefined {
    return this.#recovering;
  }

  /** Resolves when everything that was in the mailbox has been handled. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining;
  }

  /** Finishes the request in hand; the others wait for the next host. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#cancelTimer();
    this.#endWait();
    await this.idle();
  }

  async #drain(): Promise<void> {
    const { folder, logger, after, sweepMs } = this.#deps;
    try {
      while (this.#isDirty && !this.#isDisposed) {
        this.#isDirty = false;
        await this.#takeTurn();
        if (await this.#scanAll()) this.#isDirty = true;
        // Inside the loop: a nudge during any wait of this function must lead to another scan.
        if (!this.#isDirty) await this.#pruneReplies();
      }
    } catch (err) {
      logger.error({ err, folder }, 'mailbox scan failed, tried again at the next sweep');
    }
    this.#draining = undefined;
    if (this.#isDisposed) return;
    const delayMs = this.#isActive ? sweepMs.active : sweepMs.quiet;
    this.#cancelTimer = after(delayMs, () => this.nudge());
  }

  /** Whether there may be more to handle right away. */
  async #scanAll(): Promise<boolean> {
    await this.#handleLeftovers();
    let isPartial = false;
    for (const box of REQUEST_BOXES) {
      if (this.#isDisposed || this.#stuck.size >= MAX_STUCK) return false;
      await using folder = await this.#deps.tree.open(box);
      await this.#noteIdentity(box, folder);
      const scan = await scanRequests(folder, SCAN_LIMIT + this.#stuck.size);
      this.#bucket.charge(scan.seen / NAMES_PER_TURN);
      isPartial ||= scan.isPartial;
      for (const name of scan.names) {
        if (!(await this.#handleName(box, folder, name))) return false;
      }
    }
    return isPartial;
  }

  /** False when it is no use to go on now. */
  async #handleName(box: RequestBox, from: OpenedFolder, name: string): Promise<boolean> {
    // Claiming a second file of that name would replace the one whose handling is not finished.
    if (this.#stuck.has(`${box}/${name}`)) return true;
    await this.#takeTurn();
    if (this.#isDisposed) return false;
    if (!isSafeName(name)) {
      await this.#deps.handler.refuseName(box, name, await from.pathOf(name));
      return true;
    }
    passCrashPoint('request-found');
    const claim = await this.#deps.claims.take(from, box, name);
    if (claim === undefined) return true;
    passCrashPoint('request-claimed');
    return this.#handleClaim(claim);
  }

  async #handleLeftovers(): Promise<void> {
    if (this.#hasRecovered && this.#stuck.size === 0) return;
    await this.#deps.claims.ensure();
    for (const claim of await this.#deps.claims.list()) {
      if (this.#isDisposed) return;
      await this.#handleClaim(claim);
    }
    this.#hasRecovered = true;
  }

  async #handleClaim(claim: Claim): Promise<boolean> {
    const key = `${claim.box}/${claim.name}`;
    try {
      await this.#deps.handler.handle(claim);
      this.#stuck.delete(key);
      return true;
    } catch (err) {
      this.#stuck.add(key);
      const { folder, logger } = this.#deps;
      logger.error({ err, folder, requestId: claim.name }, 'ipc request stuck, tried again later');
      return false;
    }
  }

  async #noteIdentity(box: RequestBox, folder: OpenedFolder): Promise<void> {
    const identity = await folder.identity();
    const before = this.#identities.get(box);
    this.#identities.set(box, identity);
    if (before !== undefined && before !== identity) this.#deps.onFolderReplaced(box);
  }

  async #pruneReplies(): Promise<void> {
    const now = this.#deps.now();
    if (now - this.#prunedAt < PRUNE_EVERY_MS) return;
    this.#prunedAt = now;
    await this.#deps.tree.removeAbandoned(now);
    await this.#deps.replies.prune(now - REPLY_AGE_MS);
  }

  /** Waits for the group's share; also paces scans, which an agent can provoke without end. */
  async #takeTurn(): Promise<void> {
    while (!this.#isDisposed) {
      const waitMs = this.#bucket.take();
      if (waitMs === 0) return;
      await new Promise<void>((resolve) => {
        const cancel = this.#deps.after(waitMs, resolve);
        this.#endWait = () => {
          cancel();
          resolve();
        };
      });
    }
  }
}
