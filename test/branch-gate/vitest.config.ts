import { defineConfig } from 'vitest/config';

/**
 * What a message, a request or a slot can be lost or doubled in: ingest, outbox, decoding of requests, claiming of
 * slots. Every branch of these files is taken by a test.
 */
const GUARDED = [
  'src/engine/ingest.ts',
  'src/engine/judge-message.ts',
  'src/channels/whatsapp/inbound*.ts',
  'src/db/outbox.ts',
  'src/engine/outgoing.ts',
  'src/engine/delivery.ts',
  'src/ipc/request*.ts',
  'src/ipc/command.ts',
  'src/ipc/commands/*.ts',
  'container/protocol/src/{ipc*,run-request,runner-event}.ts',
  'src/engine/claim-slots.ts',
  'src/engine/claim-run.ts',
  'src/engine/scheduler.ts',
  'src/db/task-runs.ts',
];

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    // Those that take these branches, and no more: the whole suite has its own turn.
    include: [
      'src/channels/whatsapp/inbound*.test.ts',
      'src/db/outbox.test.ts',
      'src/engine/claims.test.ts',
      'src/ipc/{request,mailbox-attacks}.test.ts',
      'src/ipc/commands/**/*.test.ts',
      'container/protocol/**/*.test.ts',
      'test/engine/{engine,access,chat-commands,delivery,media,receipts,restart,tasks}.test.ts',
      'test/attacks/question-flood.test.ts',
    ],
    exclude: ['**/*.int.test.ts', '**/node_modules/**'],
    // What comes in floods takes no branch that one of it does not.
    testNamePattern: /^(?!.*10,000)/,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      enabled: true,
      provider: 'v8',
      include: GUARDED,
      exclude: ['**/*.test.ts', '**/*.fixture.ts'],
      reporter: ['text'],
      thresholds: { branches: 100, perFile: true },
    },
  },
});
