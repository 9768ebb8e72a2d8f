import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerInfo } from 'dockerode';
import type { TestContext } from 'vitest';
import { systemNow } from '../../src/clock.ts';
import { LABELS } from '../../src/containers/labels.ts';
import { openDatabase } from '../../src/db/database.ts';
import { installationId } from '../../src/db/settings.ts';
import { isErrno } from '../../src/errno.ts';
import { createLogger } from '../../src/logger.ts';
import { type HostPaths, hostPaths } from '../../src/paths.ts';
import { createRegistrations } from '../../src/registrations/registrations.ts';
import { waitUnlessAborted } from '../../src/wait.ts';
import { RunningCommand } from '../e2e/commands.ts';
import type { Group, Phone, SeenMessage } from '../loopback/whatsapp/server.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../world/model-reach.ts';
import { projectRoot } from './engine.ts';
import type { TestImage } from './test-image.ts';

export interface FleetOptions {
  /** Names of the groups' folders. */
  readonly folders: readonly string[];
  /** Environment of the host. */
  readonly env?: Readonly<Record<string, string>>;
  /** By folder: fields of its registration. */
  readonly fields?: Readonly<Record<string, object>>;
}

/**
 * A linked installation with some groups whose agents are fake runners in real containers. Hosts are processes of
 * their own, so that a test can kill them. Disposing removes all of it.
 */
export class Fleet implements AsyncDisposable {
  readonly world: LoopbackWorld;
  readonly member: Phone;
  readonly paths: HostPaths;
  readonly #engine: TestImage;
  readonly #groups = new Map<string, Group>();
  readonly #signal: AbortSignal;
  readonly #installationId: string;

  private constructor(world: LoopbackWorld, engine: TestImage, signal: AbortSignal) {
    this.world = world;
    this.#engine = engine;
    this.#signal = signal;
    this.paths = hostPaths(world.config.home);
    this.member = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
    const db = openDatabase(this.paths.database);
    this.#installationId = installationId(db);
    db.close();
  }

  static async start(
    context: TestContext,
    engine: TestImage,
    options: FleetOptions,
  ): Promise<Fleet> {
    const { signal } = context;
    const env = { CONTAINER_IMAGE: engine.image, CONTAINER_CPUS: '0.5', ...options.env };
    const world = await LoopbackWorld.start({
      runtime: 'docker',
      reach: LOOPBACK_REACH,
      projectRoot,
      env,
    });
    await world.link(signal);
    const fleet = new Fleet(world, engine, signal);
    for (const folder of options.folders)
      await fleet.#register(folder, options.fields?.[folder] ?? {});
    return fleet;
  }

  /** Starts a host and resolves when WhatsApp sees it online; `env` is added to its environment. */
  async startHost(env: Readonly<Record<string, string>> = {}): Promise<RunningCommand> {
    const host = new RunningCommand(['start'], { ...this.world.config.hostEnvironment, ...env });
    const online = this.world.whatsapp.waitForConnection(this.#signal);
    const first = await Promise.race([online, host.ended]);
    if (first !== undefined) throw new Error(`the host ended: ${first.stderr}`);
    return host;
  }

  /** Asks in a group and resolves when WhatsApp has taken the message; `action` is one of the fake runner's. */
  ask(folder: string, action: string): Promise<{ id: string }> {
    return this.member.sendText(this.#group(folder), `@Assistant agent: ${action}`);
  }

  /** Resolves when a host has receipted the message, which is after it has stored it. */
  async waitForReceipt(id: string): Promise<void> {
    await this.member.waitForReceipt((receipt) => receipt.id === id, this.#signal);
  }

  /** Resolves with the first message of the assistant in the group that matches. */
  waitForAnswer(
    folder: string,
    matches: (message: SeenMessage) => boolean = () => true,
  ): Promise<SeenMessage> {
    const isAnswer = (message: SeenMessage) => this.#isFrom(folder, message) && matches(message);
    return this.member.waitForMessage(isAnswer, this.#signal);
  }

  /** What the assistant has said in the group. */
  answers(folder: string): string[] {
    return this.member.seen
      .filter((message) => this.#isFrom(folder, message))
      .map(({ text }) => text);
  }

  /** The ids of the runs that the group's agents were given, in the order of time. */
  async runs(folder: string): Promise<string[]> {
    try {
      const log = await readFile(join(this.paths.ipc(folder), 'runs.log'), 'utf8');
      return log.trim().split('\n');
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return [];
      throw error;
    }
  }

  /** Resolves with the id of the group's container when its agent has said something of a run. */
  async waitForRun(folder: string): Promise<string> {
    await this.waitForOutput(folder, /"started"/);
    return (await this.container(folder)).Id;
  }

  /** Resolves when the group's agent has written what matches; waits for its container too. */
  async waitForOutput(folder: string, pattern: RegExp): Promise<void> {
    const { docker } = this.#engine;
    const container = docker.getContainer(await this.#untilStarted(folder));
    const log = await container.logs({ follow: true, stdout: true });
    let seen = '';
    for await (const chunk of log) {
      seen = (seen + String(chunk)).slice(-1_000_000);
      if (pattern.test(seen)) return;
    }
    throw new Error(`the agent of ${folder} ended without ${pattern}`);
  }

  /** Lets an agent go on that waits for the file. */
  release(folder: string, file: string): Promise<void> {
    return writeFile(join(this.paths.ipc(folder), 'input', file), '');
  }

  /** All containers of the installation, also stopped ones. */
  containers(): Promise<ContainerInfo[]> {
    const label = [`${LABELS.installation}=${this.#installationId}`];
    return this.#engine.docker.listContainers({ all: true, filters: { label } });
  }

  /** The container of a group; throws when it is not exactly one. */
  async container(folder: string): Promise<ContainerInfo> {
    const all = await this.containers();
    const [found, ...others] = all.filter(({ Labels }) => Labels[LABELS.folder] === folder);
    if (found === undefined || others.length > 0)
      throw new Error(`${folder} has ${others.length + (found ? 1 : 0)} containers`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { Id } of await this.containers()) {
      await this.#engine.docker.getContainer(Id).remove({ force: true });
    }
    await this.world[Symbol.asyncDispose]();
  }

  /** The log of a container that has not been started ends at once. */
  async #untilStarted(folder: string): Promise<string> {
    for (;;) {
      this.#signal.throwIfAborted();
      const started = (await this.containers()).find(
        ({ Labels, State }) => Labels[LABELS.folder] === folder && State !== 'created',
      );
      if (started !== undefined) return started.Id;
      await waitUnlessAborted(20, this.#signal);
    }
  }

  #group(folder: string): Group {
    const group = this.#groups.get(folder);
    if (group === undefined) throw new Error(`no group ${folder}`);
    return group;
  }

  #isFrom(folder: string, message: SeenMessage): boolean {
    return message.fromCompanion && message.chat === this.#group(folder).jid;
  }

  async #register(folder: string, fields: object): Promise<void> {
    const group = this.world.whatsapp.addGroup({ subject: folder, members: [this.member] });
    this.#groups.set(folder, group);
    await using registrations = await createRegistrations({
      path: this.paths.registrations,
      logger: createLogger('silent'),
      now: systemNow,
    });
    const provider = 'codex' as const;
    const registration = { jid: group.jid, name: folder, folder, provider, ...fields };
    const outcome = await registrations.add(registration, this.#signal);
    if (outcome.status !== 'saved') throw new Error(JSON.stringify(outcome));
  }
}
