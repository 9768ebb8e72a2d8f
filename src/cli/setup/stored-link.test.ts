import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createCliWorld, linkAccount } from '../cli-world.fixture.ts';

const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

test('setup looks at the link only after signatures have been replaced, as real servers need it', () => {
  using world = createCliWorld();
  world.fill((db) => linkAccount(db));
  const skipped = ['main', 'group', 'test'].flatMap((step) => ['--skip', step]);
  const args = ['node', 'deckhand', 'setup', ...skipped, '--no-service'];
  const script = `process.argv = ${JSON.stringify(args)};
    await import(${url('../../main.ts')});
    const { installRealCurve } = await import(${url('../../channels/whatsapp/signal/real-curve.ts')});
    installRealCurve();
    console.log('in time');`;
  const env = {
    ...world.environment,
    DECKHAND_RUNTIME: 'process',
    ANTHROPIC_API_KEY: `sk-ant-api03-${'c'.repeat(40)}`,
  };
  const output = String(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { env }),
  );
  expect(output).toContain('linked as 4915112345678@s.whatsapp.net');
  expect(output).toMatch(/in time\n$/);
});
