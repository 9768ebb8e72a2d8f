import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostPaths } from '../../src/paths.ts';
import { RunningCommand } from '../e2e/commands.ts';
import { startWhatsAppServer } from '../loopback/whatsapp/server.ts';

interface Home extends AsyncDisposable {
  readonly paths: ReturnType<typeof hostPaths>;
  start(...options: string[]): RunningCommand;
  /** Without the console. */
  startPlain(...options: string[]): RunningCommand;
}

/** An installation that is not linked, with WhatsApp on loopback. */
async function openHome(): Promise<Home> {
  const home = mkdtempSync(join(tmpdir(), 'deckhand-console-'));
  const whatsapp = await startWhatsAppServer();
  const environment = {
    PATH: process.env['PATH'],
    DECKHAND_HOME: home,
    DECKHAND_RUNTIME: 'process',
    WHATSAPP_URL: whatsapp.url,
  };
  return {
    paths: hostPaths(home),
    start: (...options) => new RunningCommand(['start', '--console', ...options], environment),
    startPlain: (...options) => new RunningCommand(['start', ...options], environment),
    async [Symbol.asyncDispose]() {
      await whatsapp[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

test('an unlinked host stays up with the console, prints no token into a log, and ends when asked', async () => {
  await using home = await openHome();
  await using host = home.start('--console-port', '0');
  const line = await host.waitForLine(/^Console: /);
  const token = readFileSync(home.paths.consoleToken, 'utf8').trim();
  expect(statSync(home.paths.consoleToken).mode & 0o777).toBe(0o600);
  expect(line).toMatch(/^Console: http:\/\/127\.0\.0\.1:\d+\/enter\?token=… with the token of /);
  const [origin = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
  const entered = await fetch(`${origin}/enter?token=${token}`, { redirect: 'manual' });
  const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const events = await fetch(`${origin}/events?after=`, { headers: { cookie } });
  let body = '';
  for await (const _event of events.body ?? []) {
    body = await (await fetch(`${origin}/link`, { headers: { cookie } })).text();
    if (body.includes('data-code=')) break;
  }
  expect(body).toContain('Scan this code with the phone');
  host.kill('SIGTERM');
  const end = await host.ended;
  expect(end.code).toBe(0);
  expect(end.stdout + end.stderr).not.toContain(token);
});

test('a port that is taken is said before the host serves', async () => {
  await using home = await openHome();
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const port = String((other.address() as AddressInfo).port);
  await using host = home.start('--console-port', port);
  expect(await host.ended).toMatchObject({
    code: 1,
    stdout: '',
    stderr: `Port ${port} is taken by another program. Choose another one for the console with --console-port.\n`,
  });
  other.close();
});

test('a second host says that the first one runs, not that its port is taken', async () => {
  await using home = await openHome();
  await using first = home.start('--console-port', '0');
  const line = await first.waitForLine(/^Console: /);
  const port = /:(\d+)\//.exec(line)?.[1] ?? '';
  await using second = home.start('--console-port', port);
  expect(await second.ended).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('Another Deckhand host is running'),
  });
  first.kill('SIGTERM');
  expect((await first.ended).code).toBe(0);
});

test('a port without the console is refused with a sentence', async () => {
  await using home = await openHome();
  await using host = home.startPlain('--console-port', '7790');
  expect(await host.ended).toMatchObject({
    code: 2,
    stderr: '--console-port is for the console. Add --console.\n',
  });
});

test.each(['-1', '65536', 'http', ''])('the port %j is refused with a sentence', async (port) => {
  await using home = await openHome();
  await using host = home.start(`--console-port=${port}`);
  const end = await host.ended;
  expect(end).toMatchObject({ code: 2, stdout: '' });
  expect(end.stderr).toContain('whole number from 0 to 65535');
});
