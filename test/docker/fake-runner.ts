import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Speaks the run protocol without a model, so that containers can be tested with a bare base image, where
 * no package is installed. The first word of the prompt says what to do; in a whole host's prompt it follows the last
 * `agent: `. `runs.log` in the mailbox gets a line for each run.
 */
interface Line {
  readonly type: string;
  readonly runId: string;
  readonly prompt?: string;
  readonly group?: { readonly jid: string };
  readonly gateway?: { readonly token: string };
}

const workspace = process.env['DECKHAND_WORKSPACE'] ?? '/workspace';
const version = Number(process.env['FAKE_VERSION'] ?? '1');
let seq = 0;
let current = '';
let chatJid = '';
let prompt = '';
let token = '';
let isDeaf = false;

/** ASCII, as the protocol has it: see `encodeLine`. */
function encode(event: Record<string, unknown>): string {
  const escape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(event).replace(/[\u0080-\uffff]/g, escape)}\n`;
}

function say(event: Record<string, unknown>): void {
  process.stdout.write(encode(event));
}

function emit(type: string, fields: Record<string, unknown>): void {
  say({ type, runId: current, seq, ...fields });
  seq += 1;
}

function answer(text: string): void {
  emit('result', { text, isCut: false });
}

/** What writing to each place gave: `ok` or the error code. */
function tryWrites(paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    paths.map((path) => {
      try {
        writeFileSync(path, 'x');
        return [path, 'ok'];
      } catch (error) {
        return [path, error instanceof Error && 'code' in error ? String(error.code) : 'unknown'];
      }
    }),
  );
}

function awaitFile(path: string, then: () => void): void {
  const timer = setInterval(() => {
    if (!existsSync(path)) return;
    clearInterval(timer);
    then();
  }, 20);
}

/** What a host that starts again must find in the log: many events, a long line of a tool's, an event cut in two. */
function writeMuch(count: number, go: string): void {
  const sayMany = () => {
    for (let i = 0; i < count; i++) emit('progress', { kind: 'text', detail: `${i} `.repeat(50) });
  };
  sayMany();
  process.stdout.write(`${'x'.repeat(100_000)}\n`);
  const line = encode({ type: 'progress', runId: current, seq, kind: 'text', detail: 'cut' });
  seq += 1;
  process.stdout.write(line.slice(0, 40));
  awaitFile(`${workspace}/ipc/input/${go}`, () => {
    process.stdout.write(line.slice(40));
    sayMany();
    answer(`begin${'文'.repeat(30_000)}end`);
  });
}

function postMessage(text: string): void {
  const path = `${workspace}/ipc/messages/${text.replace(' ', '-')}`;
  writeFileSync(`${path}.tmp`, JSON.stringify({ type: 'message', chatJid, text }));
  renameSync(`${path}.tmp`, `${path}.json`);
}

function readAction(text: string): string[] {
  const inChat = text
    .match(/agent: [^<\n]*/g)
    ?.at(-1)
    ?.slice('agent: '.length);
  return (inChat ?? text).split(' ');
}

function eatMemory(): void {
  const kept: Buffer[] = [];
  for (;;) kept.push(Buffer.alloc(16 * 1024 * 1024, kept.length + 1));
}

const actions: Record<string, (rest: string) => void> = {
  echo: (rest) => answer(rest),
  pid: () => answer(`${process.pid} ${process.getuid?.()}:${process.getgid?.()}`),
  hang: () => undefined,
  deaf: () => {
    isDeaf = true;
    process.on('SIGTERM', () => undefined);
  },
  /** Ends its run but not when it is told to stop. */
  stubborn: (rest) => {
    process.on('SIGTERM', () => undefined);
    answer(rest);
  },
  /** Leaves so many requests in its mailbox and goes on waiting. */
  post: (rest) => {
    const [count, go = ''] = rest.split(' ');
    for (let i = 1; i <= Number(count); i++) postMessage(`post ${i}`);
    awaitFile(`${workspace}/ipc/input/${go}`, () => answer('posted'));
  },
  exit: (rest) => {
    const [code, ...words] = rest.split(' ');
    process.stderr.write(`${words.join(' ') || 'the last words'}\n`);
    process.exitCode = Number(code);
    process.stdin.destroy();
  },
  tool: () => {
    emit('progress', { kind: 'tool', detail: 'rm' });
    process.kill(process.pid, 'SIGKILL');
  },
  eat: eatMemory,
  /** What a command says, errors too, at the end of which it ended; it finds what the run was given. */
  sh: (rest) => {
    const env = { ...process.env, RUN_TOKEN: token, RUN_PROMPT: prompt.slice(-100_000) };
    execFile('sh', ['-c', rest], { env }, (_error, stdout, stderr) => answer(`${stdout}${stderr}`));
  },
  write: (rest) => answer(JSON.stringify(tryWrites(rest.split(' ')))),
  env: () => answer(JSON.stringify(process.env)),
  garbage: () => {
    process.stdout.write('not json\n{"type":"unknown"}\n');
    process.stdout.write(`${JSON.stringify({ type: 'result', runId: 'another', seq: 0 })}\n`);
    answer('after garbage');
  },
  flood: (rest) => {
    const stream = rest === 'stderr' ? process.stderr : process.stdout;
    const noise = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    const pump = () => {
      while (stream.write(noise));
      stream.once('drain', pump);
    };
    pump();
  },
  wait: (rest) => awaitFile(`${workspace}/ipc/input/${rest}`, () => answer(`waited for ${rest}`)),
  much: (rest) => {
    const [count, go = ''] = rest.split(' ');
    writeMuch(Number(count), go);
  },
  fail: () => emit('failed', { class: 'quota', detail: 'none left', hasSideEffects: false }),
  broken: (rest) => emit('failed', { class: 'internal', detail: rest, hasSideEffects: true }),
};

function onLine(line: Line): void {
  if (line.type === 'cancel') {
    if (isDeaf) return;
    emit('failed', { class: 'cancelled', detail: 'asked to', hasSideEffects: false });
    return;
  }
  seq = 0;
  current = line.runId;
  chatJid = line.group?.jid ?? '';
  prompt = line.prompt ?? '';
  token = line.gateway?.token ?? '';
  appendFileSync(`${workspace}/ipc/runs.log`, `${line.runId}\n`);
  const [action = '', ...rest] = readAction(prompt);
  if (action === 'silent') return;
  emit('started', { provider: 'codex' });
  actions[action]?.(rest.join(' '));
}

createInterface({ input: process.stdin }).on('line', (line) => onLine(JSON.parse(line)));
if (version > 0) say({ type: 'ready', v: version, version: 'fake' });
