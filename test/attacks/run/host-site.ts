import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type Docker from 'dockerode';
import type { ContainerInfo } from 'dockerode';
import type { App } from '../../../src/app/app.ts';
import { LABELS } from '../../../src/containers/labels.ts';
import { type Db, openDatabase, openDatabaseReadonly } from '../../../src/db/database.ts';
import { installationId } from '../../../src/db/settings.ts';
import { type HostPaths, hostPaths } from '../../../src/paths.ts';
import { projectRoot } from '../../docker/engine.ts';
import { buildFakeAgentImage } from '../../docker/fake-agent-image.ts';
import type { Group, Phone, SeenMessage } from '../../loopback/whatsapp/server.ts';
import { LoopbackWorld } from '../../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../../world/model-reach.ts';
import type { AttackSite } from './attack-row.ts';
import { createFakeProcesses } from './fake-processes.ts';
import type { Runtime } from './options.ts';
import { makeOwnPlaces, type OwnPlaces } from './own-places.ts';
import { type OwnService, startOwnService } from './own-service.ts';

const QUIET = ['quiet-1', 'quiet-2', 'quiet-3'];
export const HOSTILE = 'hostile';
/** Answers to Ana alone. */
export const GUARDED = 'guarded';
/** May reach its model alone. */
export const WALLED = 'walled';
/** Wants more than its own folders. */
export const MOUNTED = 'mounted';
/** Of each container. */
const MEMORY_MB = 256;
const DISK_MB = 64;

const ENVIRONMENT = {
  CONTAINER_CPUS: '0.5',
  CONTAINER_MEMORY_MB: String(MEMORY_MB),
  DISK_QUOTA_MB: String(DISK_MB),
  MAX_CONCURRENT_CONTAINERS: '6',
};

interface SiteParts {
  readonly world: LoopbackWorld;
  readonly log: readonly string[];
  readonly docker: Docker | undefined;
  readonly service: OwnService | undefined;
  readonly places: OwnPlaces;
}

/** A whole host with one hostile group and three quiet ones, whose agents are fake runners, each where it belongs. */
export class HostSite implements AttackSite {
  readonly world: LoopbackWorld;
  readonly app: App;
  readonly paths: HostPaths;
  /** Lines of the host's log. */
  readonly log: readonly string[];
  /** Absent where agents are processes. */
  readonly docker: Docker | undefined;
  /** A service of the owner's that groups may reach where their policy lets them. */
  readonly service: OwnService | undefined;
  /** What else the owner has on this machine. */
  readonly places: OwnPlaces;
  /** The one who asks in all groups. */
  readonly ana: Phone;
  /** One who is in the hostile group and in the guarded one. */
  readonly eve: Phone;
  readonly #groups = new Map<string, Group>();
  #count = 0;

  private constructor({ world, log, docker, service, places }: SiteParts) {
    this.world = world;
    this.app = world.app;
    this.log = log;
    this.docker = docker;
    this.service = service;
    this.places = places;
    this.paths = hostPaths(world.config.home);
    const { whatsapp } = world;
    this.ana = whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
    this.eve = whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000666' });
  }

  /** Starts the host and has every group answer once. */
  static async open(runtime: Runtime, signal: AbortSignal): Promise<HostSite> {
    const log: string[] = [];
    const built = runtime === 'docker' ? await buildFakeAgentImage() : undefined;
    await using stack = new AsyncDisposableStack();
    const service = built && stack.use(await startOwnService(built.docker));
    const places = stack.use(await makeOwnPlaces());
    const started = await LoopbackWorld.start({
      runtime,
      reach: LOOPBACK_REACH,
      projectRoot,
      env: {
        ...ENVIRONMENT,
        ...(built && { CONTAINER_IMAGE: built.image }),
        ...service?.env,
        ...places.env,
      },
      logLevel: 'info',
      onLogLine: (line) => void log.push(line),
      ...(runtime === 'process' && { createAgents: createFakeProcesses }),
    });
    const world = stack.use(started);
    // The server of files has a certificate of its own; this program trusts it to its end.
    const { certificate } = world.whatsapp.media;
    setDefaultCACertificates([...getCACertificates('default'), certificate]);
    await world.link(signal);
    await world.startHost(signal);
    const site = new HostSite({ world, log, docker: built?.docker, service, places });
    for (const folder of [...QUIET, HOSTILE, GUARDED, WALLED, MOUNTED])
      await site.#register(folder, signal);
    const asked = [...QUIET, HOSTILE, ...(built ? [WALLED] : [])];
    for (const folder of asked) await site.#askIn(folder, signal);
    stack.move();
    return site;
  }

  async ask(signal: AbortSignal): Promise<number> {
    const startedAt = performance.now();
    await this.#askIn(QUIET[this.#count % QUIET.length] ?? '', signal);
    return performance.now() - startedAt;
  }

  group(folder: string): Group {
    const group = this.#groups.get(folder);
    if (group === undefined) throw new Error(`no group ${folder}`);
    return group;
  }

  /** Has the agent of the hostile group, or of another, run a script; resolves with what the chat is told then. */
  async command(script: string, signal: AbortSignal, folder = HOSTILE): Promise<string> {
    await writeFile(join(this.paths.groupFolder(folder), 'attack.sh'), script);
    return await this.tell('agent: sh sh attack.sh', signal, folder);
  }

  /** Asks in the hostile group, or in another; resolves with what the chat is told then. */
  async tell(question: string, signal: AbortSignal, folder = HOSTILE): Promise<string> {
    const before = new Set(this.ana.seen.map(({ id }) => id));
    const { jid } = this.group(folder);
    await this.ana.sendText(this.group(folder), `@Assistant ${question}`);
    const isAnswer = ({ id, chat, fromCompanion }: SeenMessage) =>
      fromCompanion && chat === jid && !before.has(id);
    return (await this.ana.waitForMessage(isAnswer, signal)).text;
  }

  /** Has it run a program of TypeScript that prints JSON. */
  async program(
    path: string,
    argument: unknown,
    signal: AbortSignal,
    folder = HOSTILE,
  ): Promise<unknown> {
    const own = this.paths.groupFolder(folder);
    await writeFile(join(own, 'attack.ts'), await readFile(path));
    await writeFile(join(own, 'argument.json'), JSON.stringify(argument));
    const script = 'node attack.ts argument.json > out.json; echo "$?"';
    const told = await this.command(script, signal, folder);
    if (!told.startsWith('0')) throw new Error(`the attack was not made: ${told}`);
    return JSON.parse(await readFile(join(own, 'out.json'), 'utf8'));
  }

  /** What is found in the host's database. */
  read<T>(find: (db: Db) => T): T {
    const db = openDatabaseReadonly(this.paths.database);
    try {
      return find(db);
    } finally {
      db.close();
    }
  }

  /** Of this installation. */
  async containers(): Promise<ContainerInfo[]> {
    const db = openDatabase(this.paths.database);
    const label = [`${LABELS.installation}=${installationId(db)}`];
    db.close();
    return (await this.docker?.listContainers({ filters: { label } })) ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A host that stops leaves the containers of runs that go on to the next one.
    await this.world.stopHost();
    for (const { Id } of await this.containers())
      await this.docker?.getContainer(Id).remove({ force: true });
    await this.world[Symbol.asyncDispose]();
    await this.service?.[Symbol.asyncDispose]();
    await this.places[Symbol.asyncDispose]();
  }

  async #askIn(folder: string, signal: AbortSignal): Promise<void> {
    this.#count += 1;
    const word = `calm-${this.#count}`;
    await this.ana.sendText(this.group(folder), `@Assistant agent: echo ${word}`);
    await this.ana.waitForMessage(
      ({ fromCompanion, text }) => fromCompanion && text === word,
      signal,
    );
  }

  async #register(folder: string, signal: AbortSignal): Promise<void> {
    const { whatsapp } = this.world;
    const isQuiet = QUIET.includes(folder);
    const members = isQuiet ? [this.ana] : [this.ana, this.eve];
    const group = whatsapp.addGroup({ subject: folder, members });
    this.#groups.set(folder, group);
    const senders = { allow: [this.ana.jid], mode: 'trigger' as const };
    const registration = { jid: group.jid, name: folder, folder, provider: 'codex' as const };
    const outcome = await this.app.registrations.add(
      {
        ...registration,
        ...(folder === GUARDED && { senders }),
        ...(folder === WALLED && { egress: { policy: 'model-only' as const } }),
      },
      signal,
    );
    if (outcome.status !== 'saved') throw new Error(JSON.stringify(outcome));
  }
}
