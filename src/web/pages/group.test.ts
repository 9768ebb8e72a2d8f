import { afterEach, beforeEach, expect, test } from 'vitest';
import { createModelStore } from '../../db/models.ts';
import { NOW, WebWorld } from '../web-world.fixture.ts';

let world: WebWorld;
beforeEach(async () => {
  world = await WebWorld.open({ '1@g.us': { name: 'Family', folder: 'family' } });
});
afterEach(() => world[Symbol.asyncDispose]());

test('a group is changed as by the command, and what does not fit is said and changes nothing', async () => {
  const form = {
    provider: 'codex',
    model: 'openai/gpt-5.5',
    fallbacks: 'openai/gpt-5.4-mini',
    receipts: 'on',
  };
  const saved = await world.post('/groups/family', form);
  expect(saved).toMatchObject({ status: 303, headers: { location: '/groups/family?saved=1' } });
  const group = () => world.registrations.byFolder('family');
  expect(group()).toMatchObject({
    provider: 'codex',
    model: { primary: 'openai/gpt-5.5', fallbacks: ['openai/gpt-5.4-mini'] },
  });
  expect(group()?.receipts).toBeUndefined();
  const before = group();
  const misfit = await world.post('/groups/family', { ...form, provider: 'claude' });
  expect(misfit).toMatchObject({
    status: 422,
    body: expect.stringContaining('is not a model of Claude'),
  });
  const nonsense = await world.post('/groups/family', { ...form, provider: 'nobody' });
  expect(nonsense).toMatchObject({ status: 422, body: expect.stringContaining('provider: ') });
  const foreign = await world.post('/groups/family', { ...form, isMain: 'on' });
  expect(foreign.status).toBe(400);
  expect(group()).toEqual(before);
  await world.post('/groups/family', { provider: 'claude', model: '', fallbacks: '' });
  expect(group()).toMatchObject({ provider: 'claude', receipts: false });
  expect(group()?.model).toBeUndefined();
});

test('a model that is not served is chosen only when somebody says so, and is asked again then', async () => {
  const models = createModelStore(world.db);
  models.observe('openai/gpt-5.5', 'unsupported', null, NOW);
  const form = { provider: 'codex', model: 'openai/gpt-5.5', fallbacks: '', receipts: 'on' };
  const doubtful = await world.post('/groups/family', form);
  expect(doubtful).toMatchObject({
    status: 409,
    body: expect.stringContaining('is not supported'),
  });
  expect(doubtful.body).toContain('name="confirmed"');
  expect(world.registrations.byFolder('family')?.model).toBeUndefined();
  expect((await world.post('/groups/family', { ...form, confirmed: 'on' })).status).toBe(303);
  expect(world.registrations.byFolder('family')?.model).toBe('openai/gpt-5.5');
  expect(models.listObservations()).toEqual([]);
});

test('a group that says nothing of receipts shows what holds for all, and goes on saying nothing', async () => {
  const { body } = await world.get('/groups/family');
  expect(body).toContain('name="receipts" checked');
  world.showHost({ hasReceipts: false });
  expect((await world.get('/groups/family')).body).not.toContain('name="receipts" checked');
  const form = { provider: 'codex', model: '', fallbacks: '' };
  await world.post('/groups/family', form);
  expect(world.registrations.byFolder('family')?.receipts).toBeUndefined();
  await world.post('/groups/family', { ...form, receipts: 'on' });
  expect(world.registrations.byFolder('family')?.receipts).toBe(true);
});

test('what a group has used today is shown beside what it may use', async () => {
  await world.registrations.set(
    '1@g.us',
    { budget: { runsPerDay: 0, tokensPerDay: 5_000 } },
    new AbortController().signal,
  );
  for (const path of ['/groups', '/groups/family']) {
    const { body } = await world.get(path);
    expect(body).toContain('<span class="badge bad">0 of 0</span> runs, 0 of 5,000 tokens');
  }
  const budget = { runsPerDay: 1 };
  await world.registrations.set('1@g.us', { budget }, new AbortController().signal);
  expect((await world.get('/groups')).body).toContain('0 of 1 run, 0 tokens');
});
