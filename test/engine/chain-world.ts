import type { AttemptFailure } from '../../src/core/failure-class.ts';
import type { RunOutcome } from '../../src/ports.ts';
import { answer, type FakeRun } from '../fakes/fake-runner.ts';
import { FAMILY, group, World } from './world.ts';

export const FIRST = 'openai-codex/gpt-a';
export const SECOND = 'openai/gpt-b';
export const THIRD = 'openai/gpt-c';
export const HOUR_MS = 3_600_000;

export function failure(
  failureClass: AttemptFailure,
  part: { retryAt?: number; hasSideEffects?: boolean } = {},
) {
  const detail = `as scripted: ${failureClass}`;
  return { status: 'failed', class: failureClass, detail, hasSideEffects: false, ...part } as const;
}

/** A codex group with a chain of three models, each answering as the test says. */
export class ChainWorld extends World {
  outcomes: Record<string, (run: FakeRun) => RunOutcome> = {};

  constructor(chain: readonly string[] = [FIRST, SECOND, THIRD], fields: object = {}) {
    super();
    const [primary = FIRST, ...fallbacks] = chain;
    const model = { primary, fallbacks };
    this.groups.set(
      FAMILY,
      group({ jid: FAMILY, name: 'F', folder: 'family', provider: 'codex', model, ...fields }),
    );
  }

  /** `isOpen`: the channel is connected, and earlier work is taken up. */
  start(isOpen = true) {
    const engine = this.startHost();
    if (isOpen) this.open();
    this.runner.respond = (run) => this.outcomes[run.request.model ?? '']?.(run) ?? answer('fine');
    return engine;
  }

  get asked(): (string | undefined)[] {
    return this.runner.runs.map((run) => run.request.model);
  }

  async ask(): Promise<void> {
    this.engine?.ingest(this.message());
    await this.engine?.idle();
  }
}
