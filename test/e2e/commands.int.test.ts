import { expect, type TestContext, test } from 'vitest';
import { z } from 'zod';
import { projectRoot, requireAgentImage } from '../docker/engine.ts';
import { hold } from '../loopback/models/gate.ts';
import { say, wait } from '../loopback/models/model-script.ts';
import type { Group, Phone } from '../loopback/whatsapp/server.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { dockerReach, LOOPBACK_REACH } from '../world/model-reach.ts';
import { RunningCommand, runCommand } from './commands.ts';

interface Installation {
  readonly world: LoopbackWorld;
  readonly member: Phone;
  readonly group: Group;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Sets up an installation as a person does: link, then groups add. */
async function install(context: TestContext): Promise<Installation> {
  const docker = await requireAgentImage(context);
  const reach = await dockerReach(docker);
  const world = await LoopbackWorld.start({ runtime: 'docker', reach, projectRoot });
  const env = world.config.hostEnvironment;
  const link = new RunningCommand(['link'], env);
  await world.whatsapp.scanQr(await link.waitForLine(/^https?:.*linked_devices|^[^,\s]+,.*,/));
  expect(await link.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Linked as') });
  const member = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  const group = world.whatsapp.addGroup({ subject: 'Family', members: [member] });
  const add = ['groups', 'add', group.jid, '--name', 'Family', '--provider', 'codex'];
  expect(await runCommand(add, env)).toMatchObject({ code: 0 });
  return { world, member, group, env };
}

const taskIdSchema = z.looseObject({ task: z.looseObject({ id: z.string() }) });

/** Another process tells nobody when it has come so far. */
async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue()));
}

test('link, groups add and start lead to an answered mention; status and a second start see the host', async (context) => {
  const { world, member, group, env } = await install(context);
  await using _world = world;
  await using host = new RunningCommand(['start'], env);
  await world.whatsapp.waitForConnection(context.signal);
  world.models.script = [{ steps: [say('hello')] }];
  await member.sendText(group, '@Assistant hi');
  await member.waitForMessage((message) => message.text === 'hello', context.signal);

  const status = await runCommand(['status', '--json'], env);
  expect(status.code).toBe(0);
  expect(JSON.parse(status.stdout)).toMatchObject({ groups: [{ folder: 'family' }] });
  const second = await runCommand(['start'], env);
  expect(second).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('Another Deckhand host'),
  });

  host.kill('SIGTERM');
  expect(await host.ended).toMatchObject({ code: 0 });
});

test.for([
  { kill: 'SIGKILL', end: { signal: 'SIGKILL' } },
  { kill: 'SIGTERM', end: { code: 0 } },
] as const)(
  'a host that $kill ends in the middle of a run is succeeded by one that answers once',
  async ({ kill, end }, context) => {
    const { world, member, group, env } = await install(context);
    await using _world = world;
    const gate = hold();
    world.models.script = [{ steps: [wait(gate), say('after the kill')] }];
    await using first = new RunningCommand(['start'], env);
    await world.whatsapp.waitForConnection(context.signal);
    await member.sendText(group, '@Assistant hi');
    await gate.reached;
    first.kill(kill);
    expect(await first.ended).toMatchObject(end);
    await world.whatsapp.waitForDisconnection(context.signal);

    await member.sendText(group, '@Assistant and while you were dead?');
    gate.release();
    await using next = new RunningCommand(['start'], env);
    const isAnswerTo = (question: string) => (message: { quotedText: string | undefined }) =>
      message.quotedText === question;
    await member.waitForMessage(isAnswerTo('@Assistant hi'), context.signal);
    await member.waitForMessage(isAnswerTo('@Assistant and while you were dead?'), context.signal);
    next.kill('SIGTERM');
    expect(await next.ended).toMatchObject({ code: 0 });
    expect(member.seen.map((message) => message.text)).toEqual([
      'after the kill',
      'after the kill',
    ]);
    // The first question was being asked through the door of the host that ended, and again through the next one's.
    expect(world.models.requests.filter((one) => one.model !== undefined)).toHaveLength(3);
  },
);

test('a running host knows the groups of the account by name and serves one as soon as it is added', async (context) => {
  const { world, member, env } = await install(context);
  await using _world = world;
  const other = world.whatsapp.addGroup({ subject: 'Project Heron', members: [member] });
  world.models.script = [{ steps: [say('hello heron')] }];
  await using host = new RunningCommand(['start'], env);
  await world.whatsapp.waitForConnection(context.signal);
  await until(async () => {
    const known = await runCommand(['groups', 'list', '--known', '--json'], env);
    return known.stdout.includes('Project Heron');
  });
  const followed = host.waitForLog(/registrations changed/);
  const add = await runCommand(['groups', 'add', 'project heron', '--provider', 'codex'], env);
  expect(add).toMatchObject({ code: 0 });
  await followed;
  await member.sendText(other, '@Assistant hi');
  await member.waitForMessage(({ text }) => text === 'hello heron', context.signal);
  host.kill('SIGTERM');
  expect(await host.ended).toMatchObject({ code: 0 });
});

test('a task added and run by command is answered by the running host and has a history', async (context) => {
  const { world, member, env } = await install(context);
  await using _world = world;
  world.models.script = [{ steps: [say('the weekly report')] }];
  await using host = new RunningCommand(['start'], env);
  await world.whatsapp.waitForConnection(context.signal);
  const add = ['tasks', 'add', 'family', '--prompt', 'report', '--cron', '0 9 * * 1', '--json'];
  const added = await runCommand(add, env);
  expect(added).toMatchObject({ code: 0 });
  const { id } = taskIdSchema.parse(JSON.parse(added.stdout)).task;
  expect(await runCommand(['tasks', 'run', id], env)).toMatchObject({ code: 0 });
  await member.waitForMessage((message) => message.text === 'the weekly report', context.signal);
  host.kill('SIGTERM');
  expect(await host.ended).toMatchObject({ code: 0 });
  const history = await runCommand(['tasks', 'history', id, '--json'], env);
  expect(history).toMatchObject({ code: 0, stdout: expect.stringContaining('answered') });
});

test('start without a link says what to do and exits with 3', async (context) => {
  const docker = await requireAgentImage(context);
  const reach = await dockerReach(docker);
  await using world = await LoopbackWorld.start({ runtime: 'docker', reach, projectRoot });
  const end = await runCommand(['start'], world.config.hostEnvironment);
  expect(end).toMatchObject({ code: 3, stderr: expect.stringContaining('deckhand link') });
});

test('the process runtime refuses a real WhatsApp account and says why', async (context) => {
  const docker = await requireAgentImage(context);
  const reach = await dockerReach(docker);
  await using world = await LoopbackWorld.start({ runtime: 'process', reach, projectRoot });
  const env = { ...world.config.hostEnvironment, WHATSAPP_URL: '' };
  const end = await runCommand(['start'], env);
  expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining('no isolation') });
});

test('link refuses what is no phone number, takes a pairing code, and says afterwards as whom it is linked', async () => {
  await using world = await LoopbackWorld.start({
    runtime: 'process',
    reach: LOOPBACK_REACH,
    projectRoot,
  });
  const env = world.config.hostEnvironment;
  expect(await runCommand(['link', '--phone', 'mum'], env)).toMatchObject({ code: 2 });
  await using link = new RunningCommand(['link', '--phone', '+1 555 000 0001'], env);
  const line = await link.waitForLine(/enter: /);
  // The dash is there for reading; a phone has eight fields.
  const code = line.split('enter: ')[1]?.trim().replace('-', '') ?? '';
  await world.whatsapp.enterPairingCode(code);
  expect(await link.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Linked as') });
  const again = await runCommand(['link'], env);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Already linked') });
});
