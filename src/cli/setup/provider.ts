import { askProvider } from './decide-provider.ts';
import type { SetupSession } from './session.ts';
import { signInToClaude, signInToOpenai } from './sign-in.ts';
import { describeSource, listUsableSources, sourcesFor } from './sign-in-sources.ts';
import { done, type SetupStep } from './step.ts';

export function createProviderStep(session: SetupSession): SetupStep {
  const findUsed = async () => {
    const sources = await listUsableSources(session.context);
    return sourcesFor(session.said.provider, sources).map(describeSource);
  };
  return {
    name: 'provider',
    title: 'Who answers, and how it signs in',
    flags: ['--provider', '--api-key-stdin', '--browser', '--device', '--import'],
    async findDone() {
      const used = await findUsed();
      return used.length === 0 ? undefined : `signed in by ${used.join(', ')}`;
    },
    async run() {
      const provider = await askProvider(session);
      if (provider === 'claude') await signInToClaude(session);
      else await signInToOpenai(session);
      return done(`${provider} answers, signed in by ${(await findUsed()).join(', ')}`);
    },
  };
}
