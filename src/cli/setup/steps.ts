import { createDockerStep } from './docker.ts';
import { createGroupStep } from './first-group.ts';
import { createFoldersStep } from './folders.ts';
import { createImageStep } from './image.ts';
import { createLinkStep } from './link.ts';
import { createMachineStep } from './machine.ts';
import { createMainStep } from './main-chat.ts';
import { createProviderStep } from './provider.ts';
import { createServiceStep } from './service.ts';
import type { SetupSession } from './session.ts';
import type { SetupStep } from './step.ts';
import { createTestStep } from './test-message.ts';

/** All steps, in the order of STEP_NAMES. */
export function createSteps(session: SetupSession): SetupStep[] {
  return [
    createMachineStep(session),
    createDockerStep(session),
    createFoldersStep(session),
    createImageStep(session),
    createProviderStep(session),
    createLinkStep(session),
    createMainStep(session),
    createGroupStep(session),
    createTestStep(session),
    createServiceStep(session),
  ];
}
