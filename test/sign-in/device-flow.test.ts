import { expect, test } from 'vitest';
import {
  type DevicePrompt,
  type DeviceSignInDeps,
  signInByDevice,
} from '../../src/credentials/sign-in/device-sign-in.ts';
import { type FlowWorld, never, startFlowWorld } from './flow-world.ts';

const MINUTE_MS = 60_000;

/** Signs in; each wait moves the clock, and `atWait` plays what happens meanwhile. */
async function signIn(
  world: FlowWorld,
  atWait: (prompt: DevicePrompt, count: number) => void,
  signal = never,
) {
  const waits: number[] = [];
  let prompt: DevicePrompt | undefined;
  const deps: DeviceSignInDeps = {
    ...world.deps,
    onCode: (shown) => void (prompt = shown),
    async wait(ms) {
      waits.push(ms);
      world.clock.now += ms;
      if (prompt !== undefined) atWait(prompt, waits.length);
    },
  };
  const outcome = await signInByDevice(deps, signal);
  return { outcome, waits, prompt };
}

test('a code that is approved in some browser signs in', async () => {
  await using world = await startFlowWorld({ pollIntervalS: 7 });
  const start = world.clock.now;
  const { outcome, waits, prompt } = await signIn(world, ({ userCode }, count) => {
    if (count === 3) world.server.approveUserCode(userCode);
  });
  expect(outcome).toMatchObject({ status: 'ok', signedIn: { source: 'device', plan: 'plus' } });
  expect(await world.readStored()).toMatchObject({ kind: 'sign_in', source: 'device' });
  expect(waits).toEqual([7000, 7000, 7000]);
  expect(prompt).toEqual({
    url: `${world.server.origin}/codex/device`,
    userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{5}$/),
    expiresAt: start + 15 * MINUTE_MS,
  });
});

test('what may pass is waited out, and slow_down makes the pauses longer', async () => {
  await using world = await startFlowWorld();
  const { server } = world;
  server.failNext('device', { status: 404, body: { error: 'not_found' } });
  server.failNext('device', { status: 400, body: { error: 'slow_down' } });
  server.failNext('device', { status: 500 });
  server.failNext('device', 'reset');
  server.failNext('device', 'html');
  server.failNext('device', { status: 429 });
  const { outcome, waits } = await signIn(world, ({ userCode }, count) => {
    if (count === 7) server.approveUserCode(userCode);
  });
  expect(outcome.status).toBe('ok');
  expect(waits).toEqual([5000, 5000, 10_000, 10_000, 10_000, 10_000, 15_000]);
});

test.each([
  [{ user_code: 'ABCD-EFGHI', interval: '5' }, 'ABCD-EFGHI', 5000],
  [{ usercode: 'ABCD-EFGHI', interval: '9' }, 'ABCD-EFGHI', 9000],
  [{ user_code: 'ABCD-EFGHI', interval: 8 }, 'ABCD-EFGHI', 8000],
  [{ user_code: 'ABCD-EFGHI' }, 'ABCD-EFGHI', 5000],
  [{ user_code: 'ABCD-EFGHI', interval: '0' }, 'ABCD-EFGHI', 1000],
  [{ user_code: 'ABCD-EFGHI', interval: 'soon' }, 'ABCD-EFGHI', 5000],
])('the server may describe a code as %j', async (fields, userCode, intervalMs) => {
  await using world = await startFlowWorld();
  world.server.failNext('usercode', { status: 200, body: { device_auth_id: 'd', ...fields } });
  world.server.failNext('device', { status: 400, body: { error: 'access_denied' } });
  const { waits, prompt } = await signIn(world, () => undefined);
  expect(prompt?.userCode).toBe(userCode);
  expect(waits).toEqual([intervalMs]);
});

test('an account without this way is told what else there is', async () => {
  await using world = await startFlowWorld({ isDeviceEnabled: false });
  const { outcome, prompt } = await signIn(world, () => undefined);
  expect(prompt).toBeUndefined();
  expect(outcome).toEqual({
    status: 'failed',
    reason: 'Signing in by code is not enabled for this account.',
    mend: expect.stringContaining('--paste'),
  });
});

test.each([
  [{ status: 500 }, 'it answered 500'],
  ['html', 'without a code'],
  ['empty', 'without a code'],
  ['reset', 'cannot be reached'],
  [{ status: 200, body: { device_auth_id: 'd', user_code: 'A<script>' } }, 'without a code'],
] as const)('a server that gives no code (%j) is told as it is', async (fault, reason) => {
  await using world = await startFlowWorld();
  world.server.failNext('usercode', fault);
  const { outcome } = await signIn(world, () => undefined);
  expect(outcome).toMatchObject({ status: 'failed', reason: expect.stringContaining(reason) });
});

test('a person who says no ends it', async () => {
  await using world = await startFlowWorld();
  const { outcome } = await signIn(
    world,
    ({ userCode }) => void world.server.denyUserCode(userCode),
  );
  expect(outcome).toMatchObject({ reason: 'The sign-in was not allowed in the browser.' });
  expect(await world.readStored()).toBeUndefined();
});

test('after 15 minutes nobody is waited for any more', async () => {
  await using world = await startFlowWorld();
  const start = world.clock.now;
  const { outcome, waits } = await signIn(world, () => undefined);
  expect(outcome).toMatchObject({ reason: 'Nobody used the code within 15 minutes.' });
  expect(world.clock.now - start).toBeLessThanOrEqual(15 * MINUTE_MS);
  expect(waits.length).toBeGreaterThan(170);
});

test('stopping ends the waiting and stores nothing', async () => {
  await using world = await startFlowWorld();
  const stop = new AbortController();
  const { outcome } = await signIn(world, () => stop.abort(), stop.signal);
  expect(outcome).toEqual({ status: 'aborted' });
  expect(await world.readStored()).toBeUndefined();
});
