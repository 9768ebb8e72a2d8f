import { expect, test } from 'vitest';
import type { StopStep } from '../app/stop-step.ts';
import { createLogger } from '../logger.ts';
import { limitStop } from './stop-limit.ts';

/** A host whose stop goes from step to step as the test says, with a limit that the test lets pass. */
function serveUnderLimit() {
  const stop = new AbortController();
  const end = Promise.withResolvers<string>();
  const logged: string[] = [];
  const logger = createLogger('error', { destination: { write: (line) => logged.push(line) } });
  let pass: (() => void) | undefined;
  let note: (step: StopStep) => void = () => {};
  const after = (_delayMs: number, call: () => void) => {
    pass = call;
    return () => {
      pass = undefined;
    };
  };
  const served = limitStop({ signal: stop.signal, logger, after }, (onStep) => {
    note = onStep;
    return end.promise;
  });
  return {
    served,
    stop: () => stop.abort(),
    end: (value: string) => end.resolve(value),
    reach: (step: StopStep) => note(step),
    letTimePass: () => pass?.(),
    isArmed: () => pass !== undefined,
    logged,
  };
}

test('a host that stops in time ends as it wants to, and no limit is left', async () => {
  const host = serveUnderLimit();
  expect(host.isArmed()).toBe(false);
  host.stop();
  expect(host.isArmed()).toBe(true);
  host.end('stopped');
  expect(await host.served).toBe('stopped');
  expect(host.isArmed()).toBe(false);
});

test.for(['link', 'agents', 'engine', 'mailboxes', 'database'] as const)(
  'a stop that hangs at %s is given up with a word in the log',
  async (step) => {
    const host = serveUnderLimit();
    host.stop();
    host.reach(step);
    host.letTimePass();
    await expect(host.served).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining(`waited for: ${step}`),
    });
    expect(host.logged.map((line) => JSON.parse(line))).toMatchObject([{ waitsFor: step }]);
  },
);

test('a renewal of a sign-in is waited for, and what comes after it no more', async () => {
  const host = serveUnderLimit();
  host.stop();
  host.reach('sign-ins');
  host.letTimePass();
  expect(host.logged).toEqual([]);
  host.reach('engine');
  await expect(host.served).rejects.toMatchObject({ exitCode: 1 });
});
