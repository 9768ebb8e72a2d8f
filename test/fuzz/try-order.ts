import type { FuzzTarget } from './fuzz-target.ts';
import { makeInput } from './make-input.ts';
import { createTargets } from './targets/table.ts';
import type { Order, Report, Slowest } from './worker-messages.ts';

/** No input takes so much processor time, in milliseconds, unless its cost grows faster than its length. */
const MAX_CPU_MS = 4_000;
const MAX_PROBLEM_CHARS = 300;

const targets = new Map(createTargets().map((target) => [target.name, target]));

/** Tries inputs one after the other, up to the first that breaks something. */
export function tryOrder(order: Order, onNext: (index: number) => void): Report {
  const target = targets.get(order.target);
  if (target === undefined) throw new Error(`no target ${order.target}`);
  const { first, count } = order.type === 'series' ? order : { first: 0, count: 1 };
  let slowest: Slowest = { index: first, cpuMs: 0 };
  for (let index = first; index < first + count; index += 1) {
    onNext(index - first);
    const input =
      order.type === 'series' ? makeInput(target, order.seed, index) : Buffer.from(order.input);
    const { problem, cpuMs } = tryInput(target, input);
    if (problem !== undefined) return { type: 'broken', tried: index - first + 1, index, problem };
    if (cpuMs > slowest.cpuMs) slowest = { index, cpuMs };
  }
  return { type: 'kept', tried: count, slowest };
}

function tryInput(target: FuzzTarget, input: Buffer): { problem?: string; cpuMs: number } {
  const startedAt = process.threadCpuUsage();
  try {
    target.check(input);
  } catch (error) {
    return { problem: describe(error), cpuMs: 0 };
  }
  const { user, system } = process.threadCpuUsage(startedAt);
  const cpuMs = (user + system) / 1_000;
  return cpuMs > MAX_CPU_MS ? { problem: 'takes very long', cpuMs } : { cpuMs };
}

/** What was thrown and where, in one line. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${typeof error}`;
  const frame = /^\s+at .*?(?:test|src|container)\/(\S+?)\)?$/m.exec(error.stack ?? '')?.[0].trim();
  const place =
    error.name === 'Violation'
      ? ''
      : ` ${frame?.replace(/file:\S*?\/(?=(?:src|container|test)\/)/, '') ?? ''}`;
  return `${error.name}: ${error.message}${place}`
    .replaceAll(/\s+/g, ' ')
    .slice(0, MAX_PROBLEM_CHARS);
}
