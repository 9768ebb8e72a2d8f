import { createInterface } from 'node:readline';
import { providerSchema } from '@deckhand/protocol';
import type { DemoChat } from './demo-chat.ts';
import { printReceipts } from './print-receipts.ts';

const HELP = `You are a member of a WhatsApp group. Write @Assistant and a question;
without it the group just talks and the assistant keeps it in mind. The models
are scripted on this machine and repeat what they are told; the rest is real.
  /provider claude|codex|responses   let another agent answer
  /quit                              end`;

/** Reads lines until /quit, end of input or the signal; answers appear as they arrive. */
export async function chatInTerminal(chat: DemoChat, signal: AbortSignal): Promise<number> {
  const { say } = chat;
  say({ type: 'help' }, `\n${HELP}\n`);
  const lines = createInterface({ input: process.stdin, signal });
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const printing = Promise.all([printAnswers(chat, until), printReceipts(chat, until)]);
  try {
    for await (const line of lines) {
      const text = line.trim();
      if (text === '/quit') break;
      if (text.startsWith('/')) await runCommand(chat, text, signal);
      else if (text !== '') await sayInGroup(chat, text);
    }
    await chat.world.whatsapp.waitForQuiet(signal);
    await chat.world.app.engine.idle();
  } finally {
    lines.close();
    ended.abort();
    await printing;
  }
  return 0;
}

async function sayInGroup({ member, group, stopwatch }: DemoChat, text: string): Promise<void> {
  stopwatch.start();
  await member.sendText(group, text);
}

/** Every message of the companion once, in the order in which the phone shows them. */
async function printAnswers(
  { member, say, stopwatch }: DemoChat,
  signal: AbortSignal,
): Promise<void> {
  const printed = new Set<string>();
  const isNew = (message: { fromCompanion: boolean; id: string }) =>
    message.fromCompanion && !printed.has(message.id);
  while (!signal.aborted) {
    try {
      const { id, text } = await member.waitForMessage(isNew, signal);
      printed.add(id);
      const ms = stopwatch.elapsedMs();
      say({ type: 'reply', text, ms }, `Assistant: ${text}   (${ms} ms)`);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

async function runCommand({ world, group, say }: DemoChat, text: string, signal: AbortSignal) {
  const asked = providerSchema.safeParse(/^\/provider (\w+)$/.exec(text)?.[1]);
  if (!asked.success) {
    say({ type: 'help' }, HELP);
    return;
  }
  const provider = asked.data;
  await world.app.registrations.set(group.jid, { provider }, signal);
  say({ type: 'provider', provider }, `From now on ${provider} answers.`);
}
