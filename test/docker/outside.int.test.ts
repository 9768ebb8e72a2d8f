import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCommand, say } from '../loopback/models/model-script.ts';
import { GatewayKit } from './gateway-kit.ts';

/** Answers everything with the name that was asked for, so that a page from outside can be told from an error. */
async function startOutside() {
  const server = createServer(({ headers }, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`reached ${headers.host}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const curl = (name: string) => `curl -sS http://${name}.example/`;
/** Programs of the image that take a web address, each asking for a name of its own. */
const PROGRAMS = [
  curl('curl'),
  `curl -sS -p -x "$ALL_PROXY" http://tunnel.example/`,
  `git ls-remote http://git.example/x.git`,
  `git ls-remote https://gits.example/x.git`,
  `npm view --fetch-retries=0 --registry=http://npm.example/ left-pad`,
  `npm view --fetch-retries=0 --registry=https://npms.example/ left-pad`,
  `node -e 'fetch("http://node.example/").then((r) => r.text()).then(console.log)'`,
  `node -e 'require("http").get("http://get.example/", (r) => r.pipe(process.stdout))'`,
  `chromium --headless --dump-dom http://chromium.example/`,
];
const SCRIPT = PROGRAMS.map((line) => `${line} </dev/null 2>/dev/null | head -c 400`).join('\n');

test('the programs of the image find their way outside, by names that the container cannot resolve', async (context) => {
  await using outside = await startOutside();
  await using kit = await GatewayKit.start(context, { outsidePort: outside.port });
  const folder = kit.kit.paths.groupFolder('team');
  kit.server.script = () => [say('made')];
  await kit.run('responses');
  await writeFile(join(folder, 'outside.sh'), SCRIPT);
  kit.server.script = [{ times: 1, steps: [runCommand(`sh outside.sh > out.txt`), say('asked')] }];
  expect(await kit.run('responses')).toMatchObject({ text: 'asked' });
  const names = kit.door.targets.map((target) => target.replace('.example', ''));
  // Chromium asks its maker for updates, too.
  expect([...new Set(names)].filter((name) => !/google/.test(name)).sort()).toEqual([
    'chromium:80',
    'curl:80',
    'get:80',
    'git:80',
    'gits:443',
    'node:80',
    'npm:80',
    'npms:443',
    'tunnel:80',
  ]);
  const told = await readFile(join(folder, 'out.txt'), 'utf8');
  for (const name of ['curl', 'tunnel', 'node', 'get', 'chromium'])
    expect(told).toContain(`reached ${name}.example`);
});

test.for(['claude', 'codex'] as const)(
  'a command and a pre-check script of %s go outside by the same way, and the model is not asked there',
  async (provider, context) => {
    await using outside = await startOutside();
    await using kit = await GatewayKit.start(context, { outsidePort: outside.port });
    kit.server.script = [{ times: 1, steps: [runCommand(curl('command')), say('asked')] }];
    const script = `${curl('script')} >&2; echo '{"wakeAgent":true}'`;
    expect(await kit.run(provider, { task: { script } })).toMatchObject({ text: 'asked' });
    expect(kit.door.targets).toEqual(['script.example:80', 'command.example:80']);
  },
);
