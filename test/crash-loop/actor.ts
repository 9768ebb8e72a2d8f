import { waitUnlessAborted } from '../../src/wait.ts';
import type { Group, Phone } from '../loopback/whatsapp/server.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { TokenMint } from './ledger/tokens.ts';
import type { Step } from './plan/traffic-plan.ts';
import { writeQuestion } from './yard/instructions.ts';
import type { YardAgent } from './yard/yard-agent.ts';

/** So many of the newest messages may be asked for again. */
const RESENDABLE = 4;

export interface ActorDeps {
  readonly groups: readonly Group[];
  /** Those who ask; all are in every group. */
  readonly people: readonly Phone[];
  readonly ledger: Ledger;
  readonly mint: TokenMint;
  readonly aliveAgents: () => readonly YardAgent[];
}

/** Does what a plan says of people, phones and agents. */
export interface Actor {
  /** All steps; those that are left when the signal aborts follow without a wait. */
  perform(steps: readonly Step[], signal: AbortSignal): Promise<void>;
}

export function createActor(deps: ActorDeps): Actor {
  return {
    async perform(steps, signal) {
      for (const step of steps) {
        await waitUnlessAborted(step.waitMs, signal);
        await performStep(deps, step);
      }
    },
  };
}

async function performStep(deps: ActorDeps, step: Step): Promise<void> {
  switch (step.type) {
    case 'say':
      return say(deps, step);
    case 'ask_resend':
      return askResend(choose(deps.people, step.member));
    case 'kill_agent': {
      const agents = deps.aliveAgents();
      if (agents.length === 0) return undefined;
      choose(agents, step.choice).kill();
      deps.ledger.agentKills += 1;
      return undefined;
    }
    default:
      return step satisfies never;
  }
}

async function say(
  { groups, people, ledger, mint }: ActorDeps,
  step: Extract<Step, { type: 'say' }>,
): Promise<void> {
  const group = choose(groups, step.group);
  const member = choose(people, step.member);
  if (!step.isTrigger) {
    await member.sendText(group, `By the way, ${mint.next('C')}.`);
    return;
  }
  const token = mint.next('T');
  const text = writeQuestion(token, step.words);
  const { life } = ledger;
  const { id: messageId } = await member.sendText(group, text);
  ledger.triggers.push({ token, messageId, chat: group.jid, asker: member.jid, life, text });
}

function askResend(phone: Phone): void {
  const own = phone.seen.filter((message) => message.fromCompanion).slice(-RESENDABLE);
  const [oldest] = own;
  if (oldest !== undefined) phone.requestRetry(oldest.id);
}

function choose<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
