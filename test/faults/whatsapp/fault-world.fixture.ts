import type { App } from '../../../src/app/app.ts';
import { type Db, openDatabase } from '../../../src/db/database.ts';
import { hostPaths } from '../../../src/paths.ts';
import type { GroupInput } from '../../../src/registrations/edit.ts';
import { projectRoot } from '../../docker/engine.ts';
import { BY_NETWORK } from '../../fakes/by-network.ts';
import { answer, type FakeRun, FakeRunner } from '../../fakes/fake-runner.ts';
import type { Group, Phone, WhatsAppServer } from '../../loopback/whatsapp/server.ts';
import type { AddressingMode } from '../../loopback/whatsapp/types.ts';
import { LoopbackWorld } from '../../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../../world/model-reach.ts';
import { questionsIn } from './questions.ts';

export interface MessageRow {
  readonly id: string;
  readonly chat_jid: string;
  readonly sender_jid: string;
  readonly text: string;
  readonly state: string;
  readonly decision: string;
  readonly run_id: string | null;
}

/**
 * The real host and WhatsApp on loopback, with agents that name the questions they were asked: `@Assistant q7` is
 * answered with `heard q7`. Ana asks, and Bob's phone shows what a person sees.
 */
export class FaultWorld implements AsyncDisposable {
  readonly signal = new AbortController().signal;
  readonly loopback: LoopbackWorld;
  readonly ana: Phone;
  readonly bob: Phone;
  /** How far the host's clock is ahead of the machine's, in milliseconds. */
  clockOffsetMs = 0;
  /** Of the host that runs; each host has its own. */
  runner = new FakeRunner();
  respond: (run: FakeRun) => ReturnType<typeof answer> | undefined = (run) =>
    answer(`heard ${questionsIn(run.request.prompt).join(' ')}`);

  private constructor(loopback: LoopbackWorld) {
    this.loopback = loopback;
    this.ana = loopback.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
    this.bob = loopback.whatsapp.addPhone({ name: 'Bob', phoneNumber: '15550000003' });
  }

  /** Linked, without a running host. */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<FaultWorld> {
    let world: FaultWorld | undefined;
    const loopback = await LoopbackWorld.start({
      runtime: 'process',
      reach: LOOPBACK_REACH,
      projectRoot,
      agents: {
        get runner() {
          return world?.runner ?? new FakeRunner();
        },
        ...BY_NETWORK,
        handOver: () => Promise.resolve(),
        prepare: () => Promise.resolve(),
      },
      env,
      now: () => Date.now() + (world?.clockOffsetMs ?? 0),
    });
    world = new FaultWorld(loopback);
    await loopback.link(world.signal);
    return world;
  }

  get whatsapp(): WhatsAppServer {
    return this.loopback.whatsapp;
  }

  async startHost(): Promise<App> {
    this.runner = new FakeRunner();
    this.runner.respond = (run) => this.respond(run);
    return this.loopback.startHost(this.signal);
  }

  async stopHost(): Promise<void> {
    await this.loopback.stopHost();
    await this.whatsapp.waitForDisconnection(this.signal);
  }

  /** A group of Ana, Bob and the account, registered with the running host. */
  async addGroup(
    folder: string,
    settings: Partial<GroupInput> = {},
    addressingMode: AddressingMode = 'lid',
  ): Promise<Group> {
    const members = [this.ana, this.bob];
    const group = this.whatsapp.addGroup({ subject: folder, members, addressingMode });
    await this.register({ jid: group.jid, name: folder, folder, ...settings });
    return group;
  }

  async register(registration: GroupInput): Promise<void> {
    const outcome = await this.loopback.app.registrations.add(registration, this.signal);
    if (outcome.status !== 'saved') throw new Error(JSON.stringify(outcome));
  }

  ask(to: Group | Phone, question: string, timestamp?: number): Promise<{ id: string }> {
    const options = timestamp === undefined ? {} : { timestamp };
    return this.ana.sendText(to, `@Assistant ${question}`, options);
  }

  /** Resolves when a phone shows an answer to the question. */
  async waitForAnswer(question: string, phone: Phone = this.bob): Promise<void> {
    await phone.waitForMessage(
      (seen) => seen.fromCompanion && wordsOf(seen.text).includes(question),
      this.signal,
    );
  }

  /** How many messages on a phone answer the question. */
  countAnswers(question: string, phone: Phone = this.bob): number {
    return written(phone).filter((text) => wordsOf(text).includes(question)).length;
  }

  /** A last question behind all others of the chat: what comes before it has been dealt with when it is answered. */
  async askLast(to: Group): Promise<void> {
    await this.ask(to, 'qlast');
    await this.waitForAnswer('qlast');
    await this.whatsapp.waitForQuiet(this.signal);
    await this.loopback.app.engine.idle();
  }

  /** With a connection of its own to the host's database. */
  look<T>(work: (db: Db) => T): T {
    const db = openDatabase(hostPaths(this.loopback.config.home).database);
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  rows(): MessageRow[] {
    return this.look((db) =>
      db.prepare<[], MessageRow>('select * from messages order by seq').all(),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.loopback[Symbol.asyncDispose]();
  }
}

/** What the account wrote, as a phone shows it. */
export function written(phone: Phone): string[] {
  return phone.seen.flatMap((seen) => (seen.fromCompanion ? [seen.text] : []));
}

function wordsOf(text: string): string[] {
  return text.split(' ');
}
