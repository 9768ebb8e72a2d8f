import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { createApp } from '../../src/app/app.ts';
import { loadConfig } from '../../src/config.ts';
import { onCrashPoint } from '../../src/crash-points.ts';
import { createLogger } from '../../src/logger.ts';
import { createYardAgents } from '../crash-loop/host/serve.ts';
import type { HostSays, TestAsks } from './host-lines.ts';

/**
 * A whole host in a process of its own, which kills itself without a word at the n-th pass of the crash point
 * that the test names, now or from the start. Arguments: the socket of the agent yard, perhaps a crash point.
 * The environment is the host's.
 */
const projectRoot = join(import.meta.dirname, '..', '..');
const config = loadConfig(process.env, projectRoot);
const logger = createLogger(config.logLevel);
const [, , yardPath = '', firstPoint] = process.argv;

function say(what: HostSays): void {
  process.send?.(what);
}

const armed = { point: firstPoint, passesLeft: 1 };
onCrashPoint((point) => {
  if (point !== armed.point) return;
  armed.passesLeft -= 1;
  if (armed.passesLeft === 0) process.kill(process.pid, 'SIGKILL');
});

const app = await createApp(config, {
  projectRoot,
  agents: await createYardAgents({ yardPath, projectRoot }, config, logger),
  logger,
  report: (activity) => say({ say: 'activity', activity }),
});
const stop = new AbortController();

async function obey(asks: TestAsks): Promise<void> {
  switch (asks.ask) {
    case 'arm':
      Object.assign(armed, { point: asks.point, passesLeft: asks.pass });
      return;
    case 'register': {
      const { jid, folder } = asks;
      await app.registrations.add({ jid, folder, name: folder }, stop.signal);
      return;
    }
    case 'claim tasks':
      app.engine.onTasksChanged();
      return;
    case 'idle':
      await app.engine.idle();
      return;
    default:
      asks satisfies never;
  }
}

let asked = Promise.resolve();
process.on('message', (asks: TestAsks) => {
  asked = asked.then(() => obey(asks)).then(() => say({ say: 'done' }));
});
process.on('disconnect', () => stop.abort());
say({ say: 'up' });
// What a killed process has compiled would be lost to the next one.
flushCompileCache();
await app.run(stop.signal);
await app[Symbol.asyncDispose]();
