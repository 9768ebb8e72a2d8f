import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Secrets } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listHomeSources } from '../../src/cli/login/home-sources.ts';
import { listProfiles, storedSources } from '../../src/cli/login/read-sign-ins.ts';
import { decideSignIns } from '../../src/cli/login/sources.ts';
import { registeredGroupSchema } from '../../src/core/group.ts';
import type { ModelProvider } from '../../src/core/models/model-ref.ts';
import { createContainerAuth } from '../../src/credentials/container-auth.ts';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { findGroupApiKey } from '../../src/credentials/group-api-key.ts';
import { replacedAuthPath } from '../../src/credentials/group-auth-file.ts';
import { createRefresher } from '../../src/credentials/host-refresher.ts';
import { createAuthServer } from '../../src/credentials/http-auth-server.ts';
import { createResolveCredential } from '../../src/credentials/resolve-credential.ts';
import { createLogger } from '../../src/logger.ts';
import { hostPaths } from '../../src/paths.ts';

const NOW = Date.UTC(2026, 10, 21);
const CLAIMS = { 'https://api.openai.com/auth': { chatgpt_account_id: 'acct' }, exp: NOW };
const JWT = `e30.${Buffer.from(JSON.stringify(CLAIMS)).toString('base64url')}.`;

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'deckhand-agree-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const signIn = (fields: object = {}) => ({
  v: 1,
  kind: 'sign_in',
  accessToken: JWT,
  refreshToken: 'r',
  idToken: JWT,
  accountId: 'acct',
  expiresAt: NOW + 10,
  refreshedAt: NOW,
  signedInAt: NOW,
  source: 'browser',
  ...fields,
});
const broken = { code: 'refresh_token_reused', at: NOW };
const KEY = { v: 1, kind: 'api_key', key: 'stored', savedAt: NOW };

/** Content of a stored file; undefined: there is none. */
const keyFiles = [undefined, KEY, '{"v":1', signIn()];
const signInFiles = [undefined, signIn(), signIn({ broken, expiresAt: NOW }), '{"v":1', KEY];
const seedOf = (token: string) => ({
  tokens: { id_token: token, access_token: token, refresh_token: 'seed' },
});
const homes = [undefined, { OPENAI_API_KEY: 'own' }, seedOf(JWT), seedOf('e30.e30.'), '{'];

interface Case {
  readonly provider: ModelProvider;
  readonly secrets: Secrets;
  /** By path below the folder of the installation. */
  readonly files: Readonly<Record<string, unknown>>;
}

const paths = hostPaths('');
const STORED = paths.credentials;
const IN_HOME = join(paths.codexHome('a'), 'auth.json');
const ASIDE = replacedAuthPath(paths, 'a');

const openaiCases: Case[] = keyFiles.flatMap((stored) =>
  homes.flatMap((inHome) =>
    [{}, { OPENAI_API_KEY: 'set' }].flatMap((secrets) =>
      [undefined, homes[1]].map((aside) => ({
        provider: 'openai' as const,
        secrets,
        files: { [join(STORED, 'openai.json')]: stored, [IN_HOME]: inHome, [ASIDE]: aside },
      })),
    ),
  ),
);
const claudeCases: Case[] = [...keyFiles, { ...KEY, kind: 'claude_token', token: 't' }].flatMap(
  (stored) =>
    [{}, { CLAUDE_CODE_OAUTH_TOKEN: 'set' }].map((secrets) => ({
      provider: 'anthropic' as const,
      secrets,
      files: { [join(STORED, 'anthropic.json')]: stored },
    })),
);
const codexCases: Case[] = signInFiles.flatMap((own) =>
  signInFiles.flatMap((shared) =>
    homes.map((inHome) => ({
      provider: 'openai-codex' as const,
      secrets: { OPENAI_API_KEY: 'set' },
      files: {
        [join(STORED, 'groups', 'a', 'openai-codex.json')]: own,
        [join(STORED, 'openai-codex.json')]: shared,
        [IN_HOME]: inHome,
      },
    })),
  ),
);

function lay(root: string, files: Case['files']): void {
  for (const [path, content] of Object.entries(files)) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(root, path), text, { mode: 0o600 });
  }
}

async function compare({ provider, secrets, files }: Case, root: string) {
  lay(root, files);
  const at = hostPaths(root);
  const now = () => NOW;
  const store = createCredentialStore({ folder: at.credentials });
  const sources = [
    ...storedSources(await listProfiles(store), secrets, NOW),
    ...(await listHomeSources(store, at, ['a'])),
  ];
  const [said] = decideSignIns([{ folder: 'a', providers: [provider] }], sources);

  const parts = { store, now, logger: createLogger('silent'), paths: at };
  await using refresher = createRefresher({
    ...parts,
    authServer: createAuthServer({ authUrl: 'http://127.0.0.1:9', clientId: 'c', now }),
    onRefreshed: () => undefined,
    onBroken: () => undefined,
  });
  const resolve = createResolveCredential({
    ...parts,
    secrets,
    refresher,
    containerAuth: createContainerAuth({ ...parts, handOver: () => Promise.resolve() }),
    mayHold: () => true,
    findGroupApiKey: (folder) => findGroupApiKey(at, folder),
    onKeyRefused: () => undefined,
  });
  const ref = { provider, model: 'm' };
  const route = { ref, name: `${provider}/m`, agent: 'codex' } as const;
  const group = registeredGroupSchema.parse({ jid: '1@g.us', name: 'A', folder: 'a' });
  const used = await resolve(group, route);
  return { isSaid: said?.uses.length === 1, isUsed: used.ok || used.reason === 'unavailable' };
}

test.each([
  ['openai', openaiCases],
  ['anthropic', claudeCases],
  ['openai-codex', codexCases],
])(
  'whatever is stored for %s, the status says that a run can sign in when it can',
  async (_, cases) => {
    const verdicts = new Set<boolean>();
    for (const [index, each] of cases.entries()) {
      const { isSaid, isUsed } = await compare(each, join(home, String(index)));
      expect({ ...each, isUsed: isSaid }).toEqual({ ...each, isUsed });
      verdicts.add(isUsed);
    }
    expect(verdicts.size).toBe(2);
  },
);
