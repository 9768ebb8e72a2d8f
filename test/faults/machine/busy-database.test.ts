import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hostPaths } from '../../../src/paths.ts';
import { FaultWorld } from '../whatsapp/fault-world.fixture.ts';

/** Another process that has the write lock of the host's database until it ends. */
async function holdWriteLock(world: FaultWorld): Promise<AsyncDisposable> {
  const database = hostPaths(world.loopback.config.home).database;
  const holder = fork(join(import.meta.dirname, 'lock-holder.ts'), [database]);
  await once(holder, 'message');
  return {
    async [Symbol.asyncDispose]() {
      holder.send('end');
      await once(holder, 'exit');
    },
  };
}

test('a message that comes while another process keeps the database locked stays with the server, and is answered once', async () => {
  await using world = await FaultWorld.open();
  await world.startHost();
  const crew = await world.addGroup('crew');
  await world.askLast(crew);
  {
    await using _lock = await holdWriteLock(world);
    await world.ask(crew, 'qbusy');
    // The host waits for the lock, gives up and cuts the connection instead of sending a receipt.
    await world.whatsapp.waitForDisconnection(world.signal);
    expect(world.rows().map(({ text }) => text)).not.toContain('@Assistant qbusy');
  }
  await world.waitForAnswer('qbusy');
  await world.whatsapp.waitForQuiet(world.signal);
  await world.loopback.app.engine.idle();
  expect(world.countAnswers('qbusy')).toBe(1);
  expect(world.rows().every(({ state }) => state === 'answered')).toBe(true);
});
