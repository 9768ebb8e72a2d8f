import type { SoakFigures } from './figures.ts';

/** The figures as lines for a terminal. */
export function renderReport(figures: SoakFigures): string {
  const { leaks, loopDelayP99 } = figures;
  const { others, duplicates, ...traffic } = figures.traffic;
  const ranges = (['rss', 'collectedHeap', 'openFiles', 'handles', 'wal', 'database'] as const).map(
    (name) => {
      const { start, end, most } = figures[name];
      return `  ${name.padEnd(16)} start ${start}, end ${end}, most ${most}`;
    },
  );
  const verdicts = leaks.map(({ figure, unit, perHour, visiblePerHour, isLeak }) => {
    const per = unit === '' ? 'an hour' : `${unit} an hour`;
    const verdict = isLeak ? 'LEAKS' : 'no leak';
    return `  ${figure.padEnd(22)} ${perHour} ${per}; would be called a leak above ${visiblePerHour}: ${verdict}`;
  });
  return [
    `${figures.minutes} minutes, host ended with ${figures.exitCode ?? 'a signal'}`,
    `  ${Object.entries(traffic)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
    ...duplicates.map((text) => `  came more than once: ${text}`),
    ...Object.entries(others).map(([text, times]) => `  said ${times} times: ${text}`),
    ...ranges,
    `  event-loop delay p99 median ${loopDelayP99.median} ms, worst second ${loopDelayP99.most} ms`,
    ...verdicts,
    ...figures.errors.map((message) => `  the log has the error: ${message}`),
    figures.isSound ? 'sound' : 'NOT SOUND',
  ].join('\n');
}
