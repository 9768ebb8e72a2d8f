import { appendFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openDatabase, openDatabaseReadonly } from '../../src/db/database.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { logPath } from '../../src/host-log/log-files.ts';
import { hostPaths } from '../../src/paths.ts';
import { ConsoleWorld } from './console-world.ts';

test('a person links the phone by the code in the page, and the same page leads on to a host that answers', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: false });
  const { page, world } = console;
  await page.getByRole('link', { name: 'Link', exact: true }).click();
  const code = page.getByRole('img', { name: 'QR code for linking' });
  await code.waitFor();
  await world.whatsapp.scanQr((await code.getAttribute('data-code')) ?? '');
  await page.getByText('A phone is linked.').waitFor();
  expect(await code.count()).toBe(0);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByText('Connected to WhatsApp; nobody is being answered.').waitFor();
  expect(await console.ask('@Assistant hi', context.signal)).toBe('answered by claude');
});

test('when the phone ends the link the page says so, and links again', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: true });
  const { page, world } = console;
  await page.getByText('Connected to WhatsApp').waitFor();
  await page.goto(`${console.origin}/link`);
  world.whatsapp.faults.logOut();
  await page.getByRole('button', { name: 'Show a new code' }).click();
  const code = page.getByRole('img', { name: 'QR code for linking' });
  await code.waitFor();
  await world.whatsapp.scanQr((await code.getAttribute('data-code')) ?? '');
  await page.getByText('A phone is linked.').waitFor();
  expect(await console.ask('@Assistant hi', context.signal)).toBe('answered by claude');
});

test('the overview follows a question from its run to its answer without a reload', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: true });
  const { page } = console;
  await page.getByText('Connected to WhatsApp; nobody is being answered.').waitFor();
  const { runner } = console;
  runner.respond = undefined;
  await page.getByText('Live', { exact: true }).waitFor();
  await page.evaluate('globalThis.isSamePage = true');
  const answered = console.ask('@Assistant hi', context.signal);
  const run = await runner.waitForRun(1);
  await page.getByText('Connected to WhatsApp; 1 run going on.').waitFor();
  run.end({ status: 'answered', text: 'hello', isCut: false });
  expect(await answered).toBe('hello');
  await page.getByText('Connected to WhatsApp; nobody is being answered.').waitFor();
  expect(await page.evaluate('globalThis.isSamePage')).toBe(true);
});

test('the switch of the provider changes who answers', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: true });
  const { page } = console;
  await page.getByText('Connected to WhatsApp').waitFor();
  expect(await console.ask('@Assistant one', context.signal)).toBe('answered by claude');
  await page.getByRole('link', { name: 'Groups' }).click();
  await page.getByRole('link', { name: 'Family' }).click();
  await page.getByLabel('Who answers').selectOption('codex');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. The next run goes by it.').waitFor();
  expect(await console.ask('@Assistant two', context.signal)).toBe('answered by codex');
});

test('a model of another program is refused with a sentence, and what was typed is kept', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: true });
  const { page } = console;
  await page.getByText('Connected to WhatsApp').waitFor();
  await page.goto(`${console.origin}/groups/family`);
  await page.getByLabel('Model', { exact: true }).fill('openai/gpt-5.5');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').getByText('is not a model of Claude').waitFor();
  expect(await page.getByLabel('Model', { exact: true }).inputValue()).toBe('openai/gpt-5.5');
});

test('a task is paused and resumed by its buttons', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: true });
  const { page, world } = console;
  await page.getByText('Connected to WhatsApp').waitFor();
  const id = addTask(console);
  await page.getByRole('link', { name: 'Tasks' }).click();
  await page.getByRole('link', { name: 'Water the plants' }).click();
  expect(await page.getByRole('listitem').filter({ hasText: '09:00' }).count()).toBe(5);
  const stored = () => {
    const db = openDatabaseReadonly(hostPaths(world.config.home).database);
    const task = createTasks(db).find(id);
    db.close();
    return task;
  };
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  expect(stored()).toMatchObject({ status: 'paused', nextRunAt: null });
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  expect(stored()?.status).toBe('active');
});

test('what commands change of groups and tasks shows by itself', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: true });
  const { page, world, group } = console;
  const paths = hostPaths(world.config.home);
  await page.getByText('Connected to WhatsApp').waitFor();
  await page.getByRole('link', { name: 'Groups' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  const renamed = { [group.jid]: { name: 'Club', folder: 'family' } };
  writeFileSync(paths.registrations, JSON.stringify(renamed));
  await page.getByRole('link', { name: 'Club' }).waitFor();
  await page.getByRole('link', { name: 'Tasks' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  addTask(console);
  writeFileSync(paths.tasksNudge, 'changed');
  await page.getByRole('link', { name: 'Water the plants' }).waitFor();
});

test('why tells of an answered question in the browser, without its words until they are asked for', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: true });
  const { page } = console;
  await page.getByText('Connected to WhatsApp').waitFor();
  await console.ask('@Assistant where is the key?', context.signal);
  await page.getByRole('link', { name: 'Why' }).click();
  await page.getByLabel('Message or run').fill('last');
  await page.getByRole('button', { name: 'Look' }).click();
  await page.getByText('Confirmed by WhatsApp').waitFor();
  expect(await page.content()).not.toContain('where is the key');
  await page.getByLabel('Show what people wrote').check();
  await page.getByRole('button', { name: 'Look' }).click();
  await page.getByText('where is the key?').waitFor();
});

test('an answered question shows among the runs at once, and leads to where its time went', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: true });
  const { page } = console;
  await page.getByText('Connected to WhatsApp').waitFor();
  await page.getByRole('link', { name: 'Runs' }).click();
  await page.getByText('Nothing has been answered yet.').waitFor();
  await console.ask('@Assistant hi', context.signal);
  await page.getByRole('table').getByText('answered').waitFor();
  await page.getByRole('table').getByRole('link').click();
  await page.getByRole('img', { name: /^Timeline: Waited / }).waitFor();
  await page.getByText('It was answered').waitFor();
});

test('a line of the log appears by itself', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: true });
  const { page, world } = console;
  await page.getByRole('link', { name: 'Log' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  const { logs } = hostPaths(world.config.home);
  const line = { level: 40, time: Date.now(), msg: 'something to look at', folder: 'family' };
  appendFileSync(logPath(logs, 0), `${JSON.stringify(line)}\n`);
  await page.getByText('something to look at').waitFor();
});

test('when nobody has scanned in time a button asks for a new code', async (context) => {
  await using console = await ConsoleWorld.start(context, { isLinked: false });
  const { page, pages } = console;
  await page.goto(`${console.origin}/link`);
  const code = page.getByRole('img', { name: 'QR code for linking' });
  await code.waitFor();
  pages.web.setLink({ status: 'ended', reason: 'Nobody used the code in time.' });
  await page.getByText('Nobody used the code in time.').waitFor();
  const asked = pages.waitForLinkAgain(context.signal);
  await page.getByRole('button', { name: 'Show a new code' }).click();
  await asked;
});

test('every page reads without scripts', async (context) => {
  await using console = await ConsoleWorld.start(context, {
    isLinked: true,
    view: { javaScriptEnabled: false },
  });
  const { page } = console;
  await console.world.whatsapp.waitForConnection(context.signal);
  for (const path of [
    '/',
    '/link',
    '/groups',
    '/groups/family',
    '/tasks',
    '/runs',
    '/why',
    '/logs',
  ]) {
    const answer = await page.goto(console.origin + path);
    expect(answer?.status()).toBe(200);
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
  }
});

function addTask({ world, group }: ConsoleWorld): string {
  const { database } = hostPaths(world.config.home);
  const now = Date.now();
  const plan = {
    prompt: 'Water the plants',
    scheduleType: 'cron' as const,
    scheduleValue: '0 9 * * *',
    timeZone: 'Europe/Berlin',
    contextMode: 'group' as const,
    anchorAt: now,
  };
  const db = openDatabase(database);
  const task = { id: 'plants', folder: 'family', chatJid: group.jid, createdBy: 'cli' };
  createTasks(db).insert(plan, { ...task, nextRunAt: now + 86_400_000, now });
  db.close();
  return task.id;
}
