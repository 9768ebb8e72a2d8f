import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHATS, type Fate, VisibleWorld } from './visible-world.ts';

class Ask implements fc.AsyncCommand<object, VisibleWorld> {
  readonly chatJid: string;
  constructor(chatJid: string) {
    this.chatJid = chatJid;
  }
  check = () => true;
  async run(_model: object, real: VisibleWorld): Promise<void> {
    real.ask(this.chatJid);
    await look(real);
  }
  toString = () => `ask in ${this.chatJid}`;
}

class End implements fc.AsyncCommand<object, VisibleWorld> {
  readonly index: number;
  readonly isFailing: boolean;
  constructor(index: number, isFailing: boolean) {
    this.index = index;
    this.isFailing = isFailing;
  }
  check = () => true;
  async run(_model: object, real: VisibleWorld): Promise<void> {
    real.end(this.index, this.isFailing);
    await look(real);
  }
  toString = () => `run ${this.index} ${this.isFailing ? 'fails' : 'answers'}`;
}

class Crash implements fc.AsyncCommand<object, VisibleWorld> {
  readonly ended: number;
  constructor(ended: number) {
    this.ended = ended;
  }
  check = () => true;
  async run(_model: object, real: VisibleWorld): Promise<void> {
    real.crash((index) => ((this.ended >> index) & 1) === 1);
    await look(real);
  }
  toString = () => `crash, ended ${this.ended.toString(2)}`;
}

class Disturb implements fc.AsyncCommand<object, VisibleWorld> {
  readonly fates: readonly Fate[];
  constructor(fates: readonly Fate[]) {
    this.fates = fates;
  }
  check = () => true;
  async run(_model: object, real: VisibleWorld): Promise<void> {
    real.fates.push(...this.fates);
  }
  toString = () => `server: ${this.fates.join(', ')}`;
}

/** P1, whatever state things are in. */
async function look(real: VisibleWorld): Promise<void> {
  await new Promise(setImmediate);
  for (const id of real.asked) expect(real.answersTo(id).length).toBeLessThanOrEqual(1);
  expect(real.faults).toEqual([]);
}

const commands = fc.commands(
  [
    fc.constantFrom(...CHATS).map((chatJid) => new Ask(chatJid)),
    fc.tuple(fc.nat(3), fc.boolean()).map(([index, isFailing]) => new End(index, isFailing)),
    fc.nat(15).map((ended) => new Crash(ended)),
    fc
      .array(fc.constantFrom<Fate[]>('acked', 'ack lost', 'lost'), { maxLength: 3 })
      .map((fates) => new Disturb(fates)),
  ],
  { maxCommands: 30, size: 'max' },
);

test('P1, P2, P4: over crashes, lost acks and failing agents a question is answered visibly once, or its chat is told', async () => {
  let questions = 0;
  await fc.assert(
    fc.asyncProperty(commands, fc.integer({ min: 1, max: 3 }), async (commands, cap) => {
      await using real = new VisibleWorld(cap);
      await fc.asyncModelRun(() => ({ model: {}, real }), commands);
      await real.rest();
      for (const id of real.asked) {
        questions += 1;
        const { state, shown } = real.endOf(id);
        expect([id, state, shown]).toEqual([id, expect.stringMatching(/^(answered|failed)$/), 1]);
        expect(real.answersTo(id)).toHaveLength(state === 'answered' ? 1 : 0);
      }
      expect(real.faults).toEqual([]);
    }),
    { numRuns: 25 },
  );
  expect(questions).toBeGreaterThan(0);
});
