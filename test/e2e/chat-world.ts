import type { TestContext } from 'vitest';
import { projectRoot, requireAgentImage } from '../docker/engine.ts';
import type { ModelScript } from '../loopback/models/model-script.ts';
import type { Group, Phone, SeenMessage } from '../loopback/whatsapp/server.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { dockerReach } from '../world/model-reach.ts';

export interface ChatWorldOptions {
  readonly script?: ModelScript;
  readonly env?: Readonly<Record<string, string>>;
  /** Fields of the registration of the one group. */
  readonly registration?: object;
}

/** A linked host with real containers and one registered group with one member. */
export class ChatWorld {
  readonly world: LoopbackWorld;
  readonly member: Phone;
  readonly group: Group;
  readonly signal: AbortSignal;

  private constructor(world: LoopbackWorld, member: Phone, group: Group, signal: AbortSignal) {
    this.world = world;
    this.member = member;
    this.group = group;
    this.signal = signal;
  }

  static async start(context: TestContext, options: ChatWorldOptions = {}): Promise<ChatWorld> {
    const docker = await requireAgentImage(context);
    const world = await LoopbackWorld.start({
      ...options,
      runtime: 'docker',
      reach: await dockerReach(docker),
      projectRoot,
    });
    await world.link(context.signal);
    const member = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
    const group = world.whatsapp.addGroup({ subject: 'Family', members: [member] });
    const chat = new ChatWorld(world, member, group, context.signal);
    await chat.startHost();
    await chat.register(options.registration ?? {});
    return chat;
  }

  async startHost(): Promise<void> {
    await this.world.startHost(this.signal);
  }

  async register(fields: object, group: Group = this.group, folder = 'family'): Promise<void> {
    const registration = { jid: group.jid, name: group.subject, folder, ...fields };
    const outcome = await this.world.app.registrations.add(registration, this.signal);
    if (outcome.status !== 'saved') throw new Error(JSON.stringify(outcome));
  }

  /** Sends a message and resolves with the next message of the assistant in that group. */
  async ask(text: string, group: Group = this.group): Promise<SeenMessage> {
    const before = new Set(this.member.seen.map((message) => message.id));
    await this.member.sendText(group, text);
    return this.member.waitForMessage(
      (message) => message.fromCompanion && message.chat === group.jid && !before.has(message.id),
      this.signal,
    );
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.world[Symbol.asyncDispose]();
  }
}
