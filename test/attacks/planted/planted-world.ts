import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostPaths } from '../../../src/paths.ts';
import { projectRoot } from '../../docker/engine.ts';
import { type ModelStep, runCommand, say } from '../../loopback/models/model-script.ts';
import type { Group, Phone } from '../../loopback/whatsapp/server.ts';
import { LoopbackWorld } from '../../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../../world/model-reach.ts';
import { CANARY, plantScript, RAN } from './plant-script.ts';

const FOLDER = 'planted';

/** A host with one group, whose agent is the real one with the CLI of Claude, as a process of this machine. */
export class PlantedWorld implements AsyncDisposable {
  readonly #world: LoopbackWorld;
  readonly #phone: Phone;
  readonly #group: Group;

  private constructor(world: LoopbackWorld) {
    this.#world = world;
    this.#phone = world.whatsapp.addPhone({ name: 'Eve', phoneNumber: '15550000002' });
    this.#group = world.whatsapp.addGroup({ subject: 'Planted', members: [this.#phone] });
  }

  static async open(signal: AbortSignal): Promise<PlantedWorld> {
    await using stack = new AsyncDisposableStack();
    const reach = LOOPBACK_REACH;
    const started = await LoopbackWorld.start({ runtime: 'process', reach, projectRoot });
    const world = stack.use(started);
    await world.link(signal);
    const { registrations } = await world.startHost(signal);
    const planted = new PlantedWorld(world);
    const { jid } = planted.#group;
    const group = { jid, name: 'Planted', folder: FOLDER, provider: 'claude' as const };
    const outcome = await registrations.add(group, signal);
    if (outcome.status !== 'saved') throw new Error(JSON.stringify(outcome));
    stack.move();
    return planted;
  }

  /** Has the agent plant all that its CLI could obey, in a session that goes on; how many files there are then. */
  async plant(signal: AbortSignal): Promise<number> {
    const { group, workspace, home } = this.#paths;
    await this.#ask('hello', signal, say('hello'));
    await writeFile(join(group, 'plant.sh'), plantScript({ workspace, home }));
    await this.#ask('plant', signal, runCommand('sh plant.sh'), say('planted'));
    const lists = await Promise.all(
      [group, home].map((path) => readdir(path, { recursive: true, withFileTypes: true })),
    );
    return lists.flat().filter((entry) => entry.isFile()).length;
  }

  /** What the next run reads or runs of it, while a member names it. */
  async findTraces(signal: AbortSignal): Promise<string[]> {
    const { models } = this.#world;
    const from = models.requests.length;
    await this.#ask('$canary /canary @canary', signal, runCommand('echo alive'), say('done'));
    if (!models.requests.at(-1)?.model?.toolResults.join().includes('alive'))
      throw new Error('the next run had no shell');
    const asked = JSON.stringify(models.requests.slice(from).map(({ body }) => body));
    const ran = (await readdir(this.#paths.group)).filter((name) => RAN.test(name));
    return [...new Set(asked.match(CANARY)), ...ran];
  }

  get #paths() {
    const paths = hostPaths(this.#world.config.home);
    const root = join(paths.data, 'process', FOLDER);
    return {
      group: paths.groupFolder(FOLDER),
      workspace: join(root, 'workspace'),
      home: join(root, 'home'),
    };
  }

  /** Rejects when the answer is not what the model says at last. */
  async #ask(text: string, signal: AbortSignal, ...steps: readonly ModelStep[]): Promise<void> {
    this.#world.models.script = [{ times: 1, steps }];
    const before = new Set(this.#phone.seen);
    await this.#phone.sendText(this.#group, `@Assistant ${text}`);
    const answer = await this.#phone.waitForMessage(
      (message) => message.fromCompanion && !before.has(message),
      signal,
    );
    const last = steps.at(-1);
    if (last?.type !== 'reply' || answer.text !== last.text) throw new Error(answer.text);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#world[Symbol.asyncDispose]();
  }
}
