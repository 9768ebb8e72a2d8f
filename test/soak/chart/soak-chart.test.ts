import { expect, test } from 'vitest';
import type { SoakSample } from '../sampler.ts';
import { createScale } from './scale.ts';
import { renderSoakChart } from './soak-chart.ts';

const MIB = 1_048_576;

function sample(atS: number, part: Partial<SoakSample> = {}): SoakSample {
  return {
    atS,
    cpuMs: 900 * atS,
    rssBytes: 200 * MIB,
    heapUsedBytes: 60 * MIB,
    externalBytes: 30 * MIB,
    collectedHeapBytes: 50 * MIB,
    resources: { Timeout: 9, PipeWrap: 4, FSReqPromise: 70 },
    openFiles: 30,
    databaseBytes: MIB,
    walBytes: 4 * MIB,
    loopDelayMs: { p50: 1, p99: 5, max: 9 },
    ...part,
  };
}

const count = (text: string, part: RegExp) => [...text.matchAll(new RegExp(part, 'g'))].length;

test('a soak is drawn as four panels with a named line for each quantity, in light and dark', () => {
  const svg = renderSoakChart([0, 60, 120].map((atS) => sample(atS)));
  expect(count(svg, /<g class="panel">/)).toBe(4);
  expect(count(svg, /<polyline /)).toBe(10);
  expect(svg).toContain('Memory, MiB');
  expect(svg).toContain('>minutes</text>');
  expect(svg).toContain('prefers-color-scheme: dark');
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test('a request under way counts as no handle', () => {
  const busy = sample(60, { resources: { PipeWrap: 4, FSReqPromise: 70, Immediate: 2 } });
  const svg = renderSoakChart([sample(0), busy, sample(120)]);
  const handles = /points="(?<points>[^"]*)"><title>handles</.exec(svg)?.groups?.['points'] ?? '';
  expect(new Set(handles.split(' ').map((point) => point.split(',')[1])).size).toBe(1);
});

test('the peak of a long soak is still there when neighbours share a pixel', () => {
  const long = Array.from({ length: 5_000 }, (_, atS) =>
    sample(atS, { loopDelayMs: { p50: 1, p99: atS === 2_501 ? 400 : 5, max: 400 } }),
  );
  const svg = renderSoakChart(long);
  const line = /points="(?<points>[^"]*)"><title>event-loop/.exec(svg)?.groups?.['points'] ?? '';
  const heights = line.split(' ').map((point) => Number(point.split(',')[1]));
  expect(heights.length).toBeLessThanOrEqual(400);
  expect(Math.min(...heights)).toBeLessThan(Math.max(...heights) - 100);
});

test('a scale ends at a round number and places values in proportion', () => {
  const scale = createScale(187, { origin: 100, length: -100, tickCount: 4 });
  expect(scale.ticks).toEqual([0, 50, 100, 150, 200]);
  expect(scale.place(100)).toBe(50);
  expect(createScale(0, { origin: 0, length: 10, tickCount: 4 }).ticks[0]).toBe(0);
});
