import { expect, test } from 'vitest';
import { requireFakeAgentImage } from './fake-agent-image.ts';
import { Fleet } from './fleet.ts';
import { OwnEngine } from './own-engine.ts';

const TOLD = 'I could not answer because something broke on my side; please ask me again.';

test.for([
  { how: 'SIGTERM', hasLiveRestore: false },
  { how: 'SIGKILL', hasLiveRestore: true },
] as const)(
  'an engine that $how ends during a run and that comes back (live restore: $hasLiveRestore) costs one sentence at most, and the host serves on',
  async ({ how, hasLiveRestore }, context) => {
    const { docker, image } = await requireFakeAgentImage(context);
    await using engine = await OwnEngine.start(context.signal, { hasLiveRestore });
    await engine.takeImage(docker, image);
    await using fleet = await Fleet.start(
      context,
      { docker: engine.docker, image },
      {
        folders: ['busy', 'idle'],
        env: { DOCKER_HOST: engine.url },
      },
    );
    await using host = await fleet.startHost();
    await fleet.ask('idle', 'echo ready');
    await fleet.ask('busy', 'wait go');
    await fleet.waitForAnswer('idle');
    await fleet.waitForRun('busy');

    await engine.end(how);
    await engine.start();
    await fleet.release('busy', 'go');
    const { text } = await fleet.waitForAnswer('busy');
    expect([TOLD, 'waited for go']).toContain(text);
    await fleet.ask('busy', 'echo again');
    await fleet.waitForAnswer('busy', (message) => message.text === 'again');
    await fleet.ask('idle', 'echo still here');
    await fleet.waitForAnswer('idle', (message) => message.text === 'still here');

    host.kill('SIGTERM');
    expect(await host.ended).toMatchObject({ code: 0 });
    expect(fleet.answers('busy')).toEqual([text, 'again']);
    expect(fleet.answers('idle')).toEqual(['ready', 'still here']);
    expect(await fleet.containers()).toEqual([]);
  },
);
