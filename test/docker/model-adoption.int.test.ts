import { expect, test } from 'vitest';
import { Gate } from '../loopback/models/gate.ts';
import { say, wait } from '../loopback/models/model-script.ts';
import { AGENT_IMAGE, requireAgentImage } from './engine.ts';
import { Fleet } from './fleet.ts';

const PROVIDERS = ['claude', 'codex', 'responses'] as const;

/** One group for each, and one whose agent has nothing to do and is stopped with the host. */
const FIELDS = {
  ...Object.fromEntries(PROVIDERS.map((provider) => [provider, { provider }])),
  idle: { provider: 'responses' },
};

/** The only network is the host's own loopback, where the models are: no container could reach them by itself. */
async function startFleet(context: Parameters<typeof Fleet.start>[0], gate: Gate): Promise<Fleet> {
  const docker = await requireAgentImage(context);
  const options = { folders: [...PROVIDERS, 'idle'], fields: FIELDS };
  const fleet = await Fleet.start(context, { docker, image: AGENT_IMAGE }, options);
  fleet.world.models.script = [
    { when: ({ model }) => model.includes('haiku'), steps: [say('a title')] },
    { when: ({ prompt }) => prompt.includes('agent: rest'), steps: [say('resting')] },
    { steps: [wait(gate), say('through the next door')] },
  ];
  return fleet;
}

test.for(['SIGKILL', 'SIGTERM'] as const)(
  'agents that wait for their models while their host ends by %s go on through the door of the next one',
  async (signal, context) => {
    const gate = new Gate();
    await using fleet = await startFleet(context, gate);
    await using first = await fleet.startHost();
    await fleet.ask('idle', 'rest');
    await fleet.waitForAnswer('idle');
    const before = new Map<string, string>();
    for (const folder of PROVIDERS) {
      await fleet.ask(folder, `this is for ${folder}`);
      await fleet.world.models.waitForRequest(
        ({ model, body }) =>
          model !== undefined && JSON.stringify(body).includes(`this is for ${folder}`),
        context.signal,
      );
      before.set(folder, (await fleet.container(folder)).Id);
    }
    first.kill(signal);
    await first.ended;
    await using next = await fleet.startHost();
    gate.release();
    for (const folder of PROVIDERS) {
      await fleet.waitForAnswer(folder);
      expect(fleet.answers(folder)).toEqual(['through the next door']);
      expect((await fleet.container(folder)).Id).toBe(before.get(folder));
    }
    next.kill('SIGTERM');
    expect(await next.ended).toMatchObject({ code: 0 });
    expect(await fleet.containers()).toEqual([]);
  },
);
