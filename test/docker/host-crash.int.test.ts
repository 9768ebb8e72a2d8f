import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AgentKit, endless, recordRun } from './agent-kit.ts';
import { requireBaseImage } from './engine.ts';

const DOOMED_HOST = join(import.meta.dirname, 'doomed-host.ts');

test('a run survives the SIGKILL of its host, and the next host gets its answer once', async (context) => {
  await using kit = await AgentKit.create(await requireBaseImage(context));
  const host = spawn(process.execPath, [DOOMED_HOST, kit.home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(host.stdout, 'data');
  host.kill('SIGKILL');
  await once(host, 'exit');

  const record = recordRun();
  const adopting = kit.runner().adopt('r1', 'team', record.handlers, endless);
  await record.started;
  await writeFile(join(kit.paths.ipc('team'), 'input', 'go'), '');
  expect(await adopting).toMatchObject({ status: 'answered', text: 'waited for go' });
  expect(record.containers).toEqual([String(line).trim()]);
  expect(record.events.map((event) => event.seq)).toEqual([0, 1]);
});
