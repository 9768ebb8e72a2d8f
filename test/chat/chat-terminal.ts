import { PassThrough } from 'node:stream';
import { type CliWorld, createCliWorld } from '../../src/cli/cli-world.fixture.ts';
import type { ExitCode } from '../../src/cli/exit-code.ts';
import type { ModelScript } from '../loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../loopback/models/server.ts';

/** A chat that runs in this process, with the agent in another and its model on loopback. */
export interface ChatTerminal {
  readonly models: ModelServer;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<ExitCode>;
  type(text: string): void;
  /** Nothing more is typed. */
  close(): void;
  /** Resolves when what was written to either output matches. */
  waitFor(pattern: RegExp): Promise<void>;
}

interface ChatSetting {
  readonly script: ModelScript;
  readonly isTyped?: boolean;
  readonly args?: readonly string[];
  readonly signal?: AbortSignal;
  readonly arrange?: (world: CliWorld) => void;
}

/** Starts the chat, plays, and tidies up. Without a terminal the input ends when `play` says so. */
export async function withChat<T>(
  setting: ChatSetting,
  play: (terminal: ChatTerminal, world: CliWorld) => Promise<T>,
): Promise<T> {
  const world = createCliWorld();
  await using models = await startModelServer({ host: '127.0.0.1', script: setting.script });
  const origin = `http://127.0.0.1:${models.port}`;
  Object.assign(world.environment, {
    PATH: process.env['PATH'],
    DECKHAND_RUNTIME: 'process',
    WHATSAPP_URL: 'ws://127.0.0.1:9',
    OPENAI_API_KEY: 'loopback-openai-key',
    OPENAI_BASE_URL: `${origin}/v1`,
  });
  setting.arrange?.(world);
  try {
    const terminal = openTerminal(world, models, setting);
    const result = await play(terminal, world);
    terminal.close();
    await terminal.ended;
    return result;
  } finally {
    world[Symbol.dispose]();
  }
}

function openTerminal(world: CliWorld, models: ModelServer, setting: ChatSetting): ChatTerminal {
  const { isTyped = false, args = ['--provider', 'responses'], signal } = setting;
  const stdin = new PassThrough();
  const written = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  const write = (name: 'stdout' | 'stderr') => (text: string) => {
    written[name] += text;
    for (const look of waiting) look();
  };
  const context = {
    stdin,
    isStdinTty: isTyped,
    stdout: write('stdout'),
    stderr: write('stderr'),
    ...(signal && { signal }),
  };
  const ended = world.runWith(context, 'chat', ...args).then(({ code }) => code);
  return {
    models,
    ended,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    type: (text) => void stdin.write(text),
    close: () => void stdin.end(),
    waitFor: (pattern) => waitFor(pattern, written, waiting, ended),
  };
}

async function waitFor(
  pattern: RegExp,
  written: Readonly<Record<'stdout' | 'stderr', string>>,
  waiting: Set<() => void>,
  ended: Promise<unknown>,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    if (pattern.test(written.stdout) || pattern.test(written.stderr)) resolve();
  };
  waiting.add(look);
  look();
  const over = ended.then(() => {
    look();
    throw new Error(`the chat ended without ${pattern}: ${written.stdout}${written.stderr}`);
  });
  await Promise.race([promise, over]);
  waiting.delete(look);
}
