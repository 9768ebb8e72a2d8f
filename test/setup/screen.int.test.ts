import { expect, test } from 'vitest';
import { displayWidth } from '../../src/core/terminal-text.ts';
import { CLAUDE_KEY, SetupWorld } from './setup-world.ts';

/** Begins every colour of text (ECMA-48 SGR 30 to 37). */
const COLOUR = '\u001b[3';

/** Up to the QR code and the main menu, with a group whose name is longer than a line. */
async function showAll(env: Record<string, string>) {
  await using world = await SetupWorld.start({ env });
  const ana = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
  world.whatsapp.addGroup({ subject: '漢字'.repeat(45), members: [ana] });
  const terminal = world.open('--provider', 'claude', '--qr', '--no-service');
  await terminal.answer('not shown)', CLAUDE_KEY);
  await terminal.waitFor(/scan\s+this\s+code/);
  const qr = terminal.shown;
  terminal.interrupt();
  expect(await terminal.end()).toBe(130);
  const next = world.open('--phone', '+1 555 000 0001', '--no-service');
  const [, one = '', two = ''] = await next.waitFor(/enter: (\w{4})-(\w{4})/);
  await world.whatsapp.enterPairingCode(one + two);
  await next.answer('The main chat may manage');
  await next.answer('answer first?', '1');
  await next.waitFor('What to do next');
  expect(await next.end()).toBe(0);
  return { raw: terminal.raw + next.raw, shown: qr + next.shown };
}

test('everything fits into a terminal of 80 columns, the QR code too', async () => {
  const { raw, shown } = await showAll({});
  const wide = shown.split('\n').filter((line) => displayWidth(line) > 80);
  expect(wide).toEqual([]);
  expect(shown).toContain('▀');
  expect(raw).toContain(COLOUR);
});

test('with NO_COLOR nothing is coloured', async () => {
  const { raw } = await showAll({ NO_COLOR: '1' });
  expect(raw).not.toContain(COLOUR);
});
