import { createRequire } from 'node:module';
import { findCodex } from '@deckhand/agent-runner/codex-binary';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { builtInModels } from '../core/models/built-in.ts';
import { BUNDLED_ENTRIES } from '../core/models/bundled-entries.ts';
import { formatModelRef } from '../core/models/model-ref.ts';
import { listCliModels } from './cli-source.ts';
import { CLIENT_VERSION } from './server-sources.ts';

test('the bundled catalog has the models that the pinned CLI lists, with the same facts', async () => {
  const outcome = await listCliModels(findCodex().binary, new AbortController().signal);
  if (!outcome.ok) throw new Error(outcome.note);
  const bundled = new Map(BUNDLED_ENTRIES.map((entry) => [formatModelRef(entry), entry]));
  for (const { provider, models } of outcome.lists) {
    for (const live of models) {
      expect(bundled.get(formatModelRef({ provider, model: live.model }))).toMatchObject(live);
    }
  }
  const names = outcome.lists.flatMap(({ models }) => models.map(({ model }) => model));
  expect(names).toContain(builtInModels({}).codex);
});

test('the servers are asked as the pinned CLI would ask', () => {
  const runner = createRequire(import.meta.resolve('@deckhand/agent-runner/codex-binary'));
  const { version } = z.object({ version: z.string() }).parse(runner('@openai/codex/package.json'));
  expect(CLIENT_VERSION).toBe(version);
});
