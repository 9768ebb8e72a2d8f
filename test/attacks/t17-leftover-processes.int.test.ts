import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRequest } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { GatewayKit } from '../docker/gateway-kit.ts';
import { runCommand, say } from '../loopback/models/model-script.ts';

const group = '/workspace/group';

/** Leaves its parents, its session and its signals behind, and would go on in the next run. */
const ESCAPE = `
cat > ${group}/stay.sh <<'END'
trap '' HUP INT TERM
echo $$ >> ${group}/stayed
while :; do sleep 0.05; done
END
: > ${group}/stayed
for i in 1 2 3; do (setsid sh ${group}/stay.sh </dev/null >/dev/null 2>&1 &) ; done
until [ $(wc -l < ${group}/stayed) -ge 3 ]; do sleep 0.02; done
`;

/** Counts those that still run, by name, so that a number that is given again fools nobody. */
const LOOK = `
n=0
for pid in $(cat ${group}/stayed); do
  grep -qz '[s]tay.sh' /proc/$pid/cmdline 2>/dev/null && n=$((n+1))
done
echo $n > ${group}/found
`;

/** How many there are while their run goes on, and how many in the next one. */
async function countLeft(kit: GatewayKit, provider: RunRequest['provider']): Promise<number[]> {
  const found: number[] = [];
  for (const command of [`${ESCAPE}${LOOK}`, LOOK]) {
    kit.server.script = [{ times: 1, steps: [runCommand(command), say('looked')] }];
    expect(await kit.run(provider)).toMatchObject({ status: 'answered', text: 'looked' });
    found.push(Number(await readFile(join(kit.kit.paths.groupFolder('team'), 'found'), 'utf8')));
  }
  return found;
}

test('T17: what a run leaves running is ended before the next one begins in the same container', async (context) => {
  await using kit = await GatewayKit.start(context);
  for (const provider of ['claude', 'codex', 'responses'] as const)
    expect([provider, await countLeft(kit, provider)]).toEqual([provider, [3, 0]]);
  // All runs were served by the container of the first one.
  expect(new Set(kit.containers).size).toBe(1);
});

test('T17: the process of claude that serves the next run is no leftover', async (context) => {
  await using kit = await GatewayKit.start(context);
  const served: string[] = [];
  let claude = {};
  for (let run = 0; run < 2; run++) {
    kit.server.script = () => [runCommand(`echo $PPID > ${group}/cli`), say('told')];
    const outcome = await kit.run('claude', { claude });
    if (outcome.status !== 'answered') throw new Error(JSON.stringify(outcome));
    claude = { sessionId: outcome.sessionId };
    served.push(await readFile(join(kit.kit.paths.groupFolder('team'), 'cli'), 'utf8'));
  }
  expect(served[1]).toBe(served[0]);
});

test('T17: it would go on where the runner does not take the container for its own', async (context) => {
  await using kit = await GatewayKit.start(context, { env: { DECKHAND_OWN_PROCESSES: '0' } });
  expect(await countLeft(kit, 'responses')).toEqual([3, 3]);
});
