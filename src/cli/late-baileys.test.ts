import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the command line leaves it to a command to load Baileys, so that its signatures can be replaced', () => {
  const cli = new URL('./run-cli.ts', import.meta.url).href;
  const curve = new URL('../channels/whatsapp/signal/real-curve.ts', import.meta.url).href;
  const script = `await import(${JSON.stringify(cli)});
    const { installRealCurve } = await import(${JSON.stringify(curve)});
    installRealCurve();
    console.log('in time');`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script]);
  expect(String(output)).toBe('in time\n');
});
