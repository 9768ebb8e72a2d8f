import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Container } from 'dockerode';
import { expect, test } from 'vitest';
import { chooseAgentUser } from '../../src/containers/agent-user.ts';
import { EventFeed } from '../../src/containers/event-feed.ts';
import { AgentKit, endless, makeGroup } from './agent-kit.ts';
import { AGENT_IMAGE, requireAgentImage } from './engine.ts';

/** Output of a command inside, both streams. */
async function outputOf(container: Container, command: string): Promise<string> {
  const exec = await container.exec({
    Cmd: ['sh', '-c', command],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true });
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  container.modem.demuxStream(stream, sink, sink);
  stream.resume();
  await finished(stream, { writable: false });
  return Buffer.concat(chunks).toString();
}

test.for([
  [0, 0],
  [501, 20],
] as const)(
  'the agent image gets ready hardened, with its tools, under a host of uid %i and gid %i',
  async ([uid, gid], context) => {
    const docker = await requireAgentImage(context);
    await using kit = await AgentKit.create(docker, {
      user: chooseAgentUser(uid, gid),
      settings: { image: AGENT_IMAGE, command: undefined },
      memoryMb: 1024,
    });
    const plan = await kit.planAgent(makeGroup('team'));
    if (!plan.ok) throw new Error(plan.reason);
    const feed = new EventFeed(kit.logger);
    const start = { spec: plan.spec, fingerprint: 'f', runId: 'r1', feed };
    const agent = await kit.runtime.start(start, endless);
    expect(await feed.ready).toMatchObject({ type: 'ready', v: 1 });
    const tools = await outputOf(
      docker.getContainer(agent.id),
      'git --version; rg --version; curl --version; chromium --headless --dump-dom data:text/html,alive',
    );
    expect(tools).toMatch(/git version[^]*ripgrep[^]*curl[^]*alive/);
    await agent.stop('tested');
    expect(await agent.exited).toMatchObject({ isLost: false, isOutOfMemory: false });
  },
);
