import type { StoryAround, StoryFacts } from './facts.ts';
import type { Verdict } from './story.ts';

/** Of a question that no run has taken up yet. */
export function judgeWaiting(
  { chatJid, queue, stoppedLink }: StoryFacts,
  around: StoryAround,
): Verdict {
  if (around.groupOf(chatJid) === undefined) {
    return waiting(
      'It waits, but its chat is not registered any more; `deckhand groups add` registers it.',
    );
  }
  if (!around.isHostRunning && stoppedLink !== undefined) {
    return waiting(
      `It waits because the link to WhatsApp has ended: ${stoppedLink.reason}. ${stoppedLink.mend}`,
    );
  }
  if (!around.isHostRunning) {
    return waiting('It waits because the host is not running; `deckhand start` starts it.');
  }
  if (queue.isChatBusy) return waiting('It waits until the run before it in this chat has ended.');
  if (queue.running > 0 || queue.ahead > 0) {
    return waiting(
      `It waits for a free place: ${count(queue.running, 'run')} of other chats ` +
        `${queue.running === 1 ? 'goes' : 'go'} on, and ${count(queue.ahead, 'chat')} ` +
        `${queue.ahead === 1 ? 'has' : 'have'} waited longer.`,
    );
  }
  return waiting(
    'It waits to be taken up, which takes a moment; if it stays so, `deckhand logs` says why.',
  );
}

function waiting(sentence: string): Verdict {
  return { status: 'waiting', sentence };
}

function count(number: number, noun: string): string {
  return `${number === 0 ? 'no' : number} ${noun}${number === 1 ? '' : 's'}`;
}
