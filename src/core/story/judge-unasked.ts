import type { CommandFacts, MessageFacts, StoryAround, StoryFacts } from './facts.ts';
import type { Verdict } from './story.ts';

/** Of a message that asks an agent for nothing, or may not. */
export function judgeUnasked(
  { chatJid, command }: StoryFacts,
  { decision }: MessageFacts,
  around: StoryAround,
): Verdict {
  const group = around.groupOf(chatJid);
  const folder = group?.folder ?? '<folder>';
  switch (decision) {
    case 'not_addressed':
    case 'name':
    case 'mention':
    case 'reply':
    case 'always':
      return notAsked(
        'It was not addressed to the assistant: it neither mentions it nor replies to it ' +
          `nor says ${group?.address ?? 'its name'}.`,
      );
    case 'empty':
      return notAsked('It has no text, so there was nothing to answer.');
    case 'not_allowed':
      return notAsked(
        `Its sender may not ask here; \`deckhand groups set ${folder} --allow <person>\` changes that.`,
      );
    case 'rate_limited':
      return notAsked(
        'More was asked than its sender or its chat may ask (rate_limited), and the chat was told when to ask again; ' +
          '`RATE_LIMIT_SENDER`, `RATE_LIMIT_GROUP` or `limits` in the registration change that.',
      );
    case 'dropped':
      return notAsked(
        'Its sender may not ask here, and nothing but the time is kept of such messages; ' +
          `\`deckhand groups set ${folder} --allow <person>\` changes that.`,
      );
    case 'stale':
      return notAsked(
        'It came in too late (stale): the host was not reachable when it was sent, ' +
          'or it waited in a backup that was restored. Ask again if it still matters.',
      );
    case 'command':
      return judgeCommand(command, around);
    case null:
      return notAsked('It did not ask for an answer; why was not noted by the version of then.');
    default:
      return decision satisfies never;
  }
}

function judgeCommand(command: CommandFacts | undefined, around: StoryAround): Verdict {
  const end = 'It was a command to the host itself';
  if (command === undefined) {
    return { status: 'unknown', sentence: `${end}; what became of it is not known.` };
  }
  switch (command.state) {
    case 'done':
      return { status: 'answered', sentence: `${end}, which has done it.` };
    case 'failed':
      return { status: 'failed', sentence: `${end}, which failed; the chat was told why.` };
    case 'interrupted':
      return {
        status: 'failed',
        sentence: `${end}, which stopped before it was done; write it again.`,
      };
    case 'waiting':
    case 'running':
      return around.isHostRunning
        ? { status: 'running', sentence: `${end}, which is at it.` }
        : {
            status: 'waiting',
            sentence: `${end}, which is not running; \`deckhand start\` starts it.`,
          };
    default:
      return command.state satisfies never;
  }
}

function notAsked(sentence: string): Verdict {
  return { status: 'not_asked', sentence };
}
