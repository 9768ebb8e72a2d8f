import type { SeenMessage } from '../loopback/whatsapp/server.ts';
import type { DemoChat } from './demo-chat.ts';

/** Prints each reaction of the assistant at the member's messages, until the signal aborts. */
export async function printReceipts(
  { world, say, stopwatch }: Pick<DemoChat, 'world' | 'say' | 'stopwatch'>,
  signal: AbortSignal,
): Promise<void> {
  // A phone keeps no reactions to what it sent itself, so the owner's is watched.
  const { owner } = world.whatsapp;
  const printed = new Map<string, string>();
  const emojiOf = (message: SeenMessage) => message.reactions.get(owner.jid) ?? '';
  const isNew = (message: SeenMessage) => emojiOf(message) !== (printed.get(message.id) ?? '');
  while (!signal.aborted) {
    try {
      const message = await owner.waitForMessage(isNew, signal);
      const emoji = emojiOf(message);
      printed.set(message.id, emoji);
      const ms = stopwatch.elapsedMs();
      say({ type: 'receipt', id: message.id, emoji, ms }, `Assistant: ${emoji}   (${ms} ms)`);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
