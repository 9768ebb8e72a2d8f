import { openSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { LOOP_INTERVAL_MS, takeHostSample } from './host-sample.ts';
import { type LeakKind, type ProbeReply, probeRequestSchema } from './probe-message.ts';

/**
 * Loaded into a host before its own code (`node --import`), so that the host itself is the one that people run.
 * Answers over the channel to the parent, which alone does not keep the host alive.
 */
const loop = monitorEventLoopDelay({ resolution: LOOP_INTERVAL_MS });
loop.enable();

const leaked: unknown[] = [];
const planted = new Set<LeakKind>();

process.on('message', (message) => {
  // The host's own messages have the same channel.
  const request = probeRequestSchema.safeParse(message);
  if (!request.success) return;
  if (request.data.type === 'leak') {
    planted.add(request.data.kind);
    return;
  }
  for (const kind of planted) leakOne(kind);
  const sample = takeHostSample(loop, request.data.isCollecting);
  process.send?.({ type: 'sample', sample } satisfies ProbeReply);
});
process.channel?.unref();

function leakOne(kind: LeakKind): void {
  switch (kind) {
    case 'files':
      leaked.push(openSync('/dev/null', 'r'));
      return;
    case 'timers':
      leaked.push(setTimeout(() => undefined, 2 ** 30));
      return;
    case 'heap':
      leaked.push(Array.from({ length: 50_000 }, (_, index) => index + leaked.length / 7));
      return;
    default:
      kind satisfies never;
  }
}
