import { expect, test } from 'vitest';
import { requireFakeAgentImage } from './fake-agent-image.ts';
import { Fleet } from './fleet.ts';

const BROKE = 'I could not answer because something broke on my side; please ask me again.';
const TOO_LONG = 'I could not answer in the time I have; please ask for something smaller.';

const FAULTS = [
  { folder: 'memory', action: 'eat', told: BROKE },
  { folder: 'silent', action: 'silent', told: TOO_LONG },
  { folder: 'quiet', action: 'exit 0', told: BROKE },
  { folder: 'broken', action: 'exit 3', told: BROKE },
] as const;

test('a container that eats its memory, says nothing, or exits with 0 or 3 is told to its chat in one sentence each, and the next question is answered', async (context) => {
  const engine = await requireFakeAgentImage(context);
  await using fleet = await Fleet.start(context, engine, {
    folders: FAULTS.map(({ folder }) => folder),
    env: { CONTAINER_TIMEOUT: '1000', CONTAINER_MEMORY_MB: '256' },
  });
  await using host = await fleet.startHost();
  for (const { folder, action } of FAULTS) await fleet.ask(folder, action);
  for (const { folder } of FAULTS) await fleet.waitForAnswer(folder);
  for (const { folder } of FAULTS) await fleet.ask(folder, 'echo fine again');
  for (const { folder, told } of FAULTS) {
    await fleet.waitForAnswer(folder, ({ text }) => text === 'fine again');
    expect(fleet.answers(folder)).toEqual([told, 'fine again']);
  }
  host.kill('SIGTERM');
  expect(await host.ended).toMatchObject({ code: 0 });
  expect(await fleet.containers()).toEqual([]);
});
