import type { SimulationSettings } from '../../simulate/simulate.ts';
import type { SimulationReport } from './report.ts';

/** What `--json` prints. Times are unix milliseconds, lines those of the file. */
export function describeReport(
  report: SimulationReport,
  { group, order, timeZone }: Pick<SimulationSettings, 'group' | 'order' | 'timeZone'>,
): object {
  const { messages, answered, refused, runs, promptChars, passed, bad, listed, firstAt, lastAt } =
    report;
  return {
    group: { folder: group.folder, name: group.name },
    dateOrder: order,
    timeZone,
    firstAt: firstAt ?? null,
    lastAt: lastAt ?? null,
    messages,
    answered,
    refusedByBudget: refused,
    decisions: Object.fromEntries(
      [...report.decisions.values()].map(({ decision, count, lines }) => [
        decision,
        { count, firstLines: lines },
      ]),
    ),
    system: passed.system,
    deleted: passed.deleted,
    ownAnswers: passed.own,
    badLines: {
      count: bad.count,
      first: bad.first.map(({ line, text, reason }) => ({ line, text, reason })),
    },
    runs,
    promptChars,
    runsListed: listed.map(({ asked, ...run }) => ({
      ...run,
      asked: asked.map(({ line, at, sender, text, decision }) => ({
        line,
        at,
        sender,
        text,
        decision,
      })),
    })),
  };
}
