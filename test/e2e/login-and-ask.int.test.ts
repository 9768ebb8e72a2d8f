import { readdir } from 'node:fs/promises';
import { expect, type TestContext, test } from 'vitest';
import { hostPaths } from '../../src/paths.ts';
import { projectRoot, requireAgentImage } from '../docker/engine.ts';
import { Gate } from '../loopback/models/gate.ts';
import { makeItems, say, sayInPieces } from '../loopback/models/model-script.ts';
import { shellCall } from '../loopback/models/openai-tool-call.ts';
import { decideInBrowser } from '../loopback/oauth/browser.ts';
import { startOAuthServer } from '../loopback/oauth/server.ts';
import { freePort } from '../sign-in/free-port.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { dockerReach } from '../world/model-reach.ts';
import { RunningCommand, runCommand } from './commands.ts';

/** An installation without any key, an authorization server, and models that take its live tokens only. */
async function startSignedOut(context: TestContext) {
  const docker = await requireAgentImage(context);
  const oauth = await startOAuthServer();
  const world = await LoopbackWorld.start({
    runtime: 'docker',
    reach: await dockerReach(docker),
    projectRoot,
    env: {
      OPENAI_AUTH_URL: oauth.origin,
      OPENAI_CALLBACK_PORT: String(await freePort()),
      OPENAI_API_KEY: '',
      ANTHROPIC_API_KEY: '',
    },
  });
  world.models.isTokenLive = (token) => oauth.isAccessTokenLive(token);
  return {
    oauth,
    world,
    env: world.config.hostEnvironment,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await oauth[Symbol.asyncDispose]();
    },
  };
}

test('a person signs in, asks, reads the text while it is made, a tool runs, the answer completes, and logout ends it', async (context) => {
  await using installation = await startSignedOut(context);
  const { world, env, oauth } = installation;
  const ask = ['ask', '--provider', 'responses', '--stream', 'What is in the folder?'];
  expect(await runCommand(ask, env)).toMatchObject({ code: 3, stdout: '' });

  await using login = new RunningCommand(['login', 'codex', '--no-browser'], env);
  const url = await login.waitForLine(/\/oauth\/authorize\?/);
  await fetch(await decideInBrowser(url));
  expect(await login.ended).toMatchObject({ code: 0 });

  const gate = new Gate();
  const content = [{ type: 'output_text', text: 'I look into it.', annotations: [] }];
  const said = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content };
  world.models.script = (request) => [
    makeItems(said, { ...shellCall(request, 'echo made-by-the-tool') }),
    sayInPieces('First piece,\n', gate, 'second piece.'),
  ];
  await using asking = new RunningCommand(ask, env);
  await gate.reached;
  expect(await asking.waitForLine(/First/)).toBe('First piece,');
  gate.release();
  const end = await asking.ended;
  expect(end).toMatchObject({
    code: 0,
    stdout: 'I look into it.\n\nFirst piece,\nsecond piece.\n',
    stderr: expect.stringContaining('echo made-by-the-tool'),
  });
  const turns = world.models.requests.filter(({ path }) => path.endsWith('/codex/responses'));
  expect(turns.at(-1)?.model?.toolResults.join()).toContain('made-by-the-tool');
  expect(turns.at(-1)?.headers).toMatchObject({
    'chatgpt-account-id': expect.stringMatching(/.+/),
    originator: 'deckhand',
  });
  expect(turns.at(-1)?.body).toMatchObject({ store: false, stream: true });

  expect(await runCommand(['logout', 'codex'], env)).toMatchObject({ code: 0 });
  const { credentials } = hostPaths(world.config.home);
  expect((await readdir(credentials)).filter((name) => name.endsWith('.json'))).toEqual([]);
  expect(oauth.counts).toMatchObject({ deadFamilies: 1, reuses: 0 });
  expect(await runCommand(ask, env)).toMatchObject({ code: 3, stdout: '' });
});

test('the model that a sign-in brings is asked first, and the one behind it when ChatGPT does not serve it', async (context) => {
  await using installation = await startSignedOut(context);
  const { world, env } = installation;
  await using login = new RunningCommand(['login', 'codex', '--no-browser'], env);
  await fetch(await decideInBrowser(await login.waitForLine(/\/oauth\/authorize\?/)));
  expect(await login.ended).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('gpt-5.3-codex'),
  });
  world.models.script = [
    {
      when: ({ model }) => model === 'gpt-5.3-codex',
      steps: [
        {
          type: 'error',
          status: 400,
          body: {
            detail:
              "The 'gpt-5.3-codex' model is not supported when using Codex with a ChatGPT account.",
          },
        },
      ],
    },
    { steps: [say('from the model behind it')] },
  ];
  const end = await runCommand(['ask', '--provider', 'codex', 'Hello?'], env);
  expect(end).toMatchObject({ code: 0, stdout: 'from the model behind it\n' });
  const list = await runCommand(['models', 'list'], env);
  expect(list.stdout).toMatch(/openai-codex\/gpt-5\.3-codex\s+unsupported/);
});
