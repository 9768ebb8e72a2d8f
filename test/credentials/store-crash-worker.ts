import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';

/** Writes keys of growing length without end, and says after each that it is on disk. */
const store = createCredentialStore({ folder: process.argv[2] ?? '' });
for (let count = 1; ; count++) {
  const key = 'k'.repeat(count % 5_000) + count;
  await store.withLock({ name: 'openai' }, new AbortController().signal, () =>
    store.write({ name: 'openai' }, { v: 1, kind: 'api_key', key, savedAt: count }),
  );
  process.send?.(count);
}
