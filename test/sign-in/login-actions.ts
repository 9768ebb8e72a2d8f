import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { createLogger } from '../../src/logger.ts';
import { decideInBrowser } from '../loopback/oauth/browser.ts';
import type { LoginWorld } from './login-world.ts';

/** Runs `login codex` with an address to open, which `act` does as a browser would. */
export async function loginInBrowser(
  { cli }: LoginWorld,
  args: readonly string[] = [],
  decision: 'allow' | 'deny' = 'allow',
) {
  let stdout = '';
  const page = Promise.withResolvers<Response>();
  const onText = (text: string) => {
    stdout += text;
    const url = /^http\S+authorize\S+$/m.exec(text)?.[0];
    if (url === undefined) return;
    void decideInBrowser(url, decision)
      .then((back) => fetch(back))
      .then(page.resolve, page.reject);
  };
  const { code, stderr } = await cli.runWith(
    { stdout: onText },
    'login',
    'codex',
    '--no-browser',
    ...args,
  );
  await page.promise;
  return { code, stdout, stderr };
}

/** Two groups that sign in with ChatGPT. */
export function register({ cli }: LoginWorld): void {
  cli.register({
    '1@g.us': { name: 'Family', folder: 'family', provider: 'codex' },
    '2@g.us': { name: 'Work', folder: 'work', provider: 'codex' },
  });
}

/** The `auth.json` of a group's agent. */
export function homeOf({ cli }: LoginWorld, folder: string) {
  const path = join(cli.paths.codexHome(folder), 'auth.json');
  const deps = {
    paths: cli.paths,
    store: createCredentialStore({ folder: cli.paths.credentials }),
    handOver: () => Promise.resolve(),
    now: () => 0,
    logger: createLogger('silent'),
  };
  return {
    deps,
    async read() {
      const { readGroupAuthFile } = await import('../../src/credentials/group-auth-file.ts');
      return readGroupAuthFile(path);
    },
    write(content: object) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(content));
    },
  };
}
