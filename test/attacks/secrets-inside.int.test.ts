import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type TestContext, test } from 'vitest';
import { hostPaths } from '../../src/paths.ts';
import { ChatWorld } from '../e2e/chat-world.ts';
import { startSignInWorld, storeSignIn } from '../e2e/sign-in-chat.ts';
import { runCommand, say } from '../loopback/models/model-script.ts';
import { findCanaries } from './secrets/find-canaries.ts';

const SEARCH = new URL('secrets/search.mjs', import.meta.url);
const SCRIPT = [
  {
    steps: [
      runCommand('node /workspace/group/search.mjs /workspace/group/found.bin'),
      say('looked everywhere'),
    ],
  },
];

type Provider = 'claude' | 'codex' | 'responses';
type Kind = 'key' | 'token' | 'sign-in';
interface Case {
  readonly provider: Provider;
  readonly kind: Kind;
}

const CASES: readonly Case[] = [
  { provider: 'claude', kind: 'key' },
  { provider: 'claude', kind: 'token' },
  { provider: 'codex', kind: 'key' },
  { provider: 'codex', kind: 'sign-in' },
  { provider: 'responses', kind: 'key' },
  { provider: 'responses', kind: 'sign-in' },
];

const makeCanary = (name: string) => `sk-${name}-${randomBytes(16).toString('hex')}`;

/** Of the environment of the host; one that the group does not need is a canary all the more. */
function makeSecrets(kind: Kind) {
  return {
    ANTHROPIC_API_KEY: kind === 'token' ? '' : makeCanary('ant-api'),
    CLAUDE_CODE_OAUTH_TOKEN: kind === 'key' ? '' : makeCanary('ant-oat01'),
    OPENAI_API_KEY: kind === 'sign-in' ? '' : makeCanary('proj'),
  };
}

/** A host whose group's agent is about to look everywhere, and all that it must not find. */
async function openWorld(context: TestContext, { provider, kind }: Case, credentials: string) {
  const secrets = makeSecrets(kind);
  const options = {
    script: SCRIPT,
    env: { ...secrets, CREDENTIALS: credentials },
    registration: { provider },
  };
  const canaries: Record<string, string> = Object.fromEntries(
    Object.entries(secrets).filter(([, secret]) => secret !== ''),
  );
  if (kind !== 'sign-in') return { chat: await ChatWorld.start(context, options), canaries };
  const { chat, oauth } = await startSignInWorld(context, options);
  const { accessToken, refreshToken, idToken } = await storeSignIn(chat, oauth);
  return { chat, canaries: { ...canaries, accessToken, refreshToken, idToken } };
}

/** What the host keeps for itself, by its files. */
async function hostSecrets(chat: ChatWorld): Promise<Record<string, string>> {
  const { gatewayKey } = hostPaths(chat.world.config.home);
  return { gatewayKey: (await readFile(gatewayKey, 'utf8')).trim() };
}

async function lookEverywhere(chat: ChatWorld): Promise<Buffer> {
  const folder = hostPaths(chat.world.config.home).groupFolder('family');
  await mkdir(folder, { recursive: true });
  await copyFile(SEARCH, join(folder, 'search.mjs'));
  const answer = await chat.ask('@Assistant look everywhere');
  expect(answer.text).toBe('looked everywhere');
  const results = JSON.stringify(chat.world.models.requests.at(-1)?.model?.toolResults);
  for (const what of ['"isWhole":true', '"files":[1-9]', '"memories":[1-9]']) {
    // Each program quotes what a command has said in its own way.
    expect(results.replaceAll('\\', '')).toMatch(new RegExp(what));
  }
  return await readFile(join(folder, 'found.bin'));
}

test.for(CASES)(
  'T13: nothing in the container of a $provider group holds a credential ($kind)',
  async (each, context) => {
    const { chat, canaries } = await openWorld(context, each, 'proxy');
    await using _chat = chat;
    const found = await lookEverywhere(chat);
    const all = { ...canaries, ...(await hostSecrets(chat)) };
    expect(findCanaries(found, all)).toEqual([]);
  },
);

test.for(CASES.filter(({ kind }) => kind !== 'token'))(
  'T13: where the credential of a $provider group is mounted the same search finds it ($kind)',
  async (each, context) => {
    const { chat, canaries } = await openWorld(context, each, 'mounted');
    await using _chat = chat;
    const found = findCanaries(await lookEverywhere(chat), canaries);
    const own = each.kind === 'sign-in' ? 'accessToken' : keyOf(each.provider);
    expect(found).toContain(own);
    expect(found).not.toContain('refreshToken');
  },
);

function keyOf(provider: Provider): string {
  return provider === 'claude' ? 'ANTHROPIC_API_KEY' : 'OPENAI_API_KEY';
}
