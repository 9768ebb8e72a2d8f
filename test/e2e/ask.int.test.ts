import { access, readdir } from 'node:fs/promises';
import type Docker from 'dockerode';
import { expect, type TestContext, test } from 'vitest';
import { LABELS } from '../../src/containers/labels.ts';
import { oneOffOwner } from '../../src/containers/one-off.ts';
import { openDatabaseReadonly } from '../../src/db/database.ts';
import { findInstallationId } from '../../src/db/status-counts.ts';
import { hostPaths } from '../../src/paths.ts';
import { projectRoot, requireAgentImage } from '../docker/engine.ts';
import { hold } from '../loopback/models/gate.ts';
import {
  callTool,
  failWith,
  type ModelScript,
  makeItems,
  runCommand as runTool,
  say,
  sayInPieces,
  wait,
} from '../loopback/models/model-script.ts';
import { shellCall } from '../loopback/models/openai-tool-call.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { dockerReach } from '../world/model-reach.ts';
import { type CommandEnd, RunningCommand, runCommand } from './commands.ts';

interface Terminal extends AsyncDisposable {
  readonly world: LoopbackWorld;
  readonly env: Readonly<Record<string, string | undefined>>;
  ask(...args: string[]): Promise<CommandEnd>;
  /** Containers of commands, of whatever state. */
  containers(): Promise<Docker.ContainerInfo[]>;
}

async function openTerminal(context: TestContext, script: ModelScript): Promise<Terminal> {
  const docker = await requireAgentImage(context);
  const reach = await dockerReach(docker);
  const world = await LoopbackWorld.start({ runtime: 'docker', reach, projectRoot, script });
  const env = world.config.hostEnvironment;
  const containers = () => {
    const db = openDatabaseReadonly(hostPaths(world.config.home).database);
    const owner = oneOffOwner(findInstallationId(db) ?? '');
    db.close();
    const label = [`${LABELS.installation}=${owner}`];
    return docker.listContainers({ all: true, filters: { label } });
  };
  return {
    world,
    env,
    ask: (...args) => runCommand(['ask', ...args], env),
    containers,
    async [Symbol.asyncDispose]() {
      for (const { Id } of await containers())
        await docker.getContainer(Id).remove({ force: true });
      await world[Symbol.asyncDispose]();
    },
  };
}

test.for(['claude', 'codex', 'responses'] as const)(
  'a question to %s in a fresh folder is answered on standard output alone, and a tool call is told beside it',
  async (provider, context) => {
    const script = [{ steps: [runTool('echo tool-output'), say('The answer.')] }];
    await using terminal = await openTerminal(context, script);
    for (const flags of [[], ['--stream']]) {
      const end = await terminal.ask('--provider', provider, ...flags, 'What is it?');
      expect(end).toMatchObject({ code: 0, stdout: 'The answer.\n' });
      expect(end.stderr).toMatch(/· tool: .*echo tool-output/);
    }
    const asked = terminal.world.models.requests.flatMap(({ model }) => model ?? []);
    expect(asked.map(({ prompt }) => prompt)).toContainEqual(
      expect.stringMatching(/sender="the person at the terminal"[^]*What is it\?/),
    );
    expect(await terminal.containers()).toEqual([]);
  },
);

test.for(['claude', 'responses'] as const)(
  '%s with --stream: the first piece is read before the model has made the second',
  async (provider, context) => {
    const gate = hold();
    const script = [{ steps: [sayInPieces('First,\n', gate, 'second.')] }];
    await using terminal = await openTerminal(context, script);
    const args = ['ask', '--stream', '--provider', provider, 'Two things?'];
    await using asking = new RunningCommand(args, terminal.env);
    expect(await asking.waitForLine(/./)).toBe('First,');
    await gate.reached;
    gate.release();
    expect(await asking.ended).toMatchObject({ code: 0, stdout: 'First,\nsecond.\n' });
  },
);

test('what an agent says before its answer is a paragraph of its own with --stream, and left out without', async (context) => {
  const content = [{ type: 'output_text', text: 'I look.', annotations: [] }];
  const said = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content };
  await using terminal = await openTerminal(context, (request) => [
    makeItems(said, { ...shellCall(request, 'true') }),
    say('The answer.'),
  ]);
  const plain = await terminal.ask('--provider', 'codex', 'Look.');
  expect(plain).toMatchObject({ code: 0, stdout: 'The answer.\n' });
  const streamed = await terminal.ask('--provider', 'codex', '--stream', 'Look.');
  expect(streamed).toMatchObject({ code: 0, stdout: 'I look.\n\nThe answer.\n' });
});

test('what an agent may not reach is told in one line, with the policy of the installation where no group is registered', async (context) => {
  const script = [
    { steps: [runTool('curl -sS http://10.9.9.9/; curl -sS http://10.9.9.9/'), say('tried')] },
  ];
  await using terminal = await openTerminal(context, script);
  const { stderr } = await terminal.ask('--provider', 'codex', 'Try.');
  expect(stderr.split('\n').filter((line) => line.includes('denied'))).toEqual([
    '· denied: 10.9.9.9:80 (at least 2 times), not on the internet',
  ]);
});

test('a question is answered in the group of a run that goes on, beside a running host', async (context) => {
  await using terminal = await openTerminal(context, [{ steps: [say('beside the host')] }]);
  const { world, env } = terminal;
  await world.link(context.signal);
  const member = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  const group = world.whatsapp.addGroup({ subject: 'Family', members: [member] });
  const add = ['groups', 'add', group.jid, '--name', 'Family', '--provider', 'codex'];
  expect(await runCommand(add, env)).toMatchObject({ code: 0 });
  await using host = new RunningCommand(['start'], env);
  await world.whatsapp.waitForConnection(context.signal);

  // The group's own run goes on meanwhile, in its own container.
  const gate = hold();
  world.models.script = [
    {
      when: ({ prompt }) => prompt.includes('from the chat'),
      steps: [wait(gate), say('to the chat')],
    },
    { steps: [say('to the terminal')] },
  ];
  await member.sendText(group, '@Assistant from the chat');
  await gate.reached;
  const end = await terminal.ask('--group', 'family', 'from the terminal');
  expect(end).toMatchObject({ code: 0, stdout: 'to the terminal\n' });
  const status = await runCommand(['status', '--json'], env);
  expect(JSON.parse(status.stdout)).toMatchObject({ containers: [{ folder: 'family' }] });
  gate.release();
  const isAnswer = ({ text }: { text: string }) => text === 'to the chat';
  await member.waitForMessage(isAnswer, context.signal);
  host.kill('SIGTERM');
  expect(await host.ended).toMatchObject({ code: 0 });
  expect(member.seen.map(({ text }) => text)).toEqual(['to the chat']);
  expect(await terminal.containers()).toEqual([]);
});

test('a request to the host is said to wait when no host is running', async (context) => {
  const message = { text: 'a message to the chat' };
  const script = [{ steps: [callTool('mcp__deckhand__send_message', message), say('Sent.')] }];
  await using terminal = await openTerminal(context, script);
  const end = await terminal.ask('Tell them.');
  expect(end).toMatchObject({ code: 0, stdout: 'Sent.\n' });
  expect(end.stderr).toContain(
    'requests of the assistant to the host in the mailbox of terminal: 1',
  );
});

test('Ctrl-C ends the run politely, with exit code 130 and nothing left', async (context) => {
  const gate = hold();
  await using terminal = await openTerminal(context, [{ steps: [wait(gate), say('never')] }]);
  await using asking = new RunningCommand(['ask', '--provider', 'codex', 'hi'], terminal.env);
  await gate.reached;
  asking.kill('SIGINT');
  expect(await asking.ended).toMatchObject({ code: 130, stdout: '' });
  expect(await terminal.containers()).toEqual([]);
});

test('a reader that has enough ends the run, with nothing left', async (context) => {
  const gate = hold();
  const script = [{ steps: [sayInPieces('enough,\n', gate, 'more\n', hold(), 'never')] }];
  await using terminal = await openTerminal(context, script);
  await using asking = new RunningCommand(
    ['ask', '--stream', '--provider', 'responses', 'hi'],
    terminal.env,
  );
  await asking.waitForLine(/enough/);
  asking.closeOutput();
  gate.release();
  expect(await asking.ended).toMatchObject({ code: 130, signal: null });
  expect(await terminal.containers()).toEqual([]);
});

test('the agent of a killed question ends by itself, and the next question removes what is left of it', async (context) => {
  const gate = hold();
  await using terminal = await openTerminal(context, [
    { when: ({ prompt }) => prompt.includes('first'), steps: [wait(gate), say('never')] },
    { steps: [say('second')] },
  ]);
  await using asking = new RunningCommand(['ask', '--provider', 'codex', 'first'], terminal.env);
  await gate.reached;
  const [left] = await terminal.containers();
  expect(left).toMatchObject({ State: 'running' });
  asking.kill('SIGKILL');
  await asking.ended;
  while ((await terminal.containers())[0]?.State !== 'exited');
  expect(await terminal.ask('--provider', 'codex', 'hi')).toMatchObject({ code: 0 });
  expect(await terminal.containers()).toEqual([]);
  expect(await readdir(hostPaths(terminal.world.config.home).askDoors)).toEqual([]);
});

test('a refused request fails with one sentence, the reason beside it and exit code 1', async (context) => {
  await using terminal = await openTerminal(context, [{ steps: [failWith(400)] }]);
  const end = await terminal.ask('--provider', 'codex', '--stream', 'hi');
  expect(end).toMatchObject({ code: 1, stdout: '' });
  expect(end.stderr).toContain('I could not answer');
  expect(await terminal.containers()).toEqual([]);
});

test('a missing credential ends with exit code 3 before anything is built', async (context) => {
  await using terminal = await openTerminal(context, [{ steps: [say('never')] }]);
  const env = { ...terminal.env, ANTHROPIC_API_KEY: '' };
  const end = await runCommand(['ask', '--provider', 'claude', 'hi'], env);
  expect(end).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('login claude'),
  });
  await expect(
    access(hostPaths(terminal.world.config.home).groupFolder('terminal')),
  ).rejects.toThrow('ENOENT');
});

test('an image that cannot be built ends with exit code 3 and the reason', async (context) => {
  await using terminal = await openTerminal(context, [{ steps: [say('never')] }]);
  const image = { CONTAINER_IMAGE: 'deckhand-agent:never', BASE_IMAGE: '127.0.0.1:1/none:none' };
  const end = await runCommand(['ask', 'hi'], { ...terminal.env, ...image });
  expect(end).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('The agent image deckhand-agent:never could not be built'),
  });
});
