import type { FuzzTarget } from '../fuzz-target.ts';
import { answerTapTarget } from './answer-tap.ts';
import { configurationTarget } from './configuration.ts';
import { doorLineTarget } from './door-line.ts';
import { egressHostTarget } from './egress-host.ts';
import { egressRuleTarget } from './egress-rule.ts';
import { createIpcRequestTarget } from './ipc-request.ts';
import { mediaTarget } from './media.ts';
import { modelRequestTarget } from './model-request.ts';
import { personTarget } from './person.ts';
import { promptTarget } from './prompt.ts';
import { registrationsTarget } from './registrations.ts';
import { runnerEventsTarget } from './runner-events.ts';
import { scheduleTarget } from './schedule.ts';
import { splitterTarget } from './splitter.ts';
import { triggerTarget } from './trigger.ts';

/** Every piece of the program that is fuzzed. */
export function createTargets(): readonly FuzzTarget[] {
  return [
    createIpcRequestTarget(),
    runnerEventsTarget,
    triggerTarget,
    personTarget,
    promptTarget,
    splitterTarget,
    scheduleTarget,
    configurationTarget,
    registrationsTarget,
    mediaTarget,
    doorLineTarget,
    egressHostTarget,
    egressRuleTarget,
    modelRequestTarget,
    answerTapTarget,
  ];
}
