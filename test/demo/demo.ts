import { LoopbackWorld } from '../world/loopback-world.ts';
import { chatInTerminal } from './chat.ts';
import { chooseRuntime } from './choose-runtime.ts';
import type { DemoChat } from './demo-chat.ts';
import type { DemoOptions } from './options.ts';
import { printReceipts } from './print-receipts.ts';
import { createSay, describeActivity, type Say } from './say.ts';
import { Stopwatch } from './stopwatch.ts';

/** How long one message may take until its answer is on a phone. */
const ANSWER_TIMEOUT_MS = 5 * 60_000;

/** Builds the loopback world, links, registers and chats. The exit code: 0 when an answer was seen. */
export async function runDemo(
  options: DemoOptions,
  projectRoot: string,
  signal: AbortSignal,
): Promise<number> {
  const say = createSay(options.isJson, (line) => process.stdout.write(`${line}\n`));
  try {
    const chosen = await chooseRuntime(options, projectRoot, say);
    await using world = await LoopbackWorld.start({
      ...chosen,
      env: { RECEIPTS: 'on' },
      projectRoot,
      logLevel: 'error',
    });
    const chat = await openChat(world, options, say, signal);
    return options.say === undefined
      ? await chatInTerminal(chat, signal)
      : await sayOnce(chat, options.say, signal);
  } catch (error) {
    if (signal.aborted) return 130;
    const message = error instanceof Error ? error.message : String(error);
    say({ type: 'error', message }, `The demo failed: ${message}`);
    return 1;
  }
}

async function openChat(
  world: LoopbackWorld,
  options: DemoOptions,
  say: Say,
  signal: AbortSignal,
): Promise<DemoChat> {
  const setup = new Stopwatch();
  await world.link(signal);
  const linkedMs = setup.elapsedMs();
  say({ type: 'linked', ms: linkedMs }, `Linked to a simulated phone by QR (${linkedMs} ms).`);
  const member = world.whatsapp.addPhone({ name: 'You', phoneNumber: '15550000002' });
  const group = world.whatsapp.addGroup({ subject: 'Demo group', members: [member] });
  const app = await world.startHost(signal);
  const onlineMs = setup.elapsedMs();
  say({ type: 'online', ms: onlineMs }, `The host is online (${onlineMs} ms).`);
  const registration = {
    jid: group.jid,
    name: group.subject,
    folder: 'demo',
    provider: options.provider,
  };
  const edit = await app.registrations.add(registration, signal);
  if (edit.status !== 'saved') throw new Error(`the group was not registered: ${edit.status}`);
  say(
    { type: 'registered', jid: group.jid, provider: options.provider },
    `Registered "${group.subject}" with provider ${options.provider}.`,
  );
  const stopwatch = new Stopwatch();
  world.log.onActivity((activity) => {
    const line = describeActivity(activity);
    const ms = stopwatch.elapsedMs();
    if (options.isJson) say({ ...activity, ms }, '');
    else if (line !== undefined) say(activity, `${String(ms).padStart(7)} ms  ${line}`);
  });
  return { world, member, group, say, stopwatch };
}

async function sayOnce(chat: DemoChat, text: string, signal: AbortSignal): Promise<number> {
  const { member, group, say, stopwatch } = chat;
  stopwatch.start();
  const { id } = await member.sendText(group, text);
  say({ type: 'said', id, text }, `You: ${text}`);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
  const ended = new AbortController();
  const receipts = printReceipts(chat, AbortSignal.any([limit, ended.signal]));
  const seen = await member.waitForMessage((message) => message.fromCompanion, limit);
  const ms = stopwatch.elapsedMs();
  say({ type: 'reply', text: seen.text, ms }, `Assistant: ${seen.text}   (${ms} ms)`);
  await chat.world.app.engine.idle();
  await chat.world.whatsapp.waitForQuiet(limit);
  ended.abort();
  await receipts;
  const hasFailed = chat.world.log.entries.some((entry) => entry.activity.type === 'failed');
  return hasFailed ? 1 : 0;
}
