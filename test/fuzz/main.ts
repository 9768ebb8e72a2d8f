import { randomInt } from 'node:crypto';
import { type FuzzPlan, fuzz, type TargetResult } from './fuzz.ts';
import { FuzzWorker } from './fuzz-worker.ts';
import { Investigation } from './investigation.ts';
import { FUZZ_HELP, type Options, readOptions } from './options.ts';
import { keepRegressions } from './regressions.ts';
import { renderJson, renderText } from './render.ts';

async function main(argv: readonly string[]): Promise<number> {
  const outcome = readOptions(argv, randomInt(2 ** 32));
  if (outcome.ok === 'help') {
    process.stdout.write(FUZZ_HELP);
    return 0;
  }
  if (!outcome.ok) {
    process.stderr.write(`${outcome.problem}. See --help.\n`);
    return 2;
  }
  const { options } = outcome;
  const startedAt = performance.now();
  const results = await run(options);
  const seconds = (performance.now() - startedAt) / 1_000;
  const render = options.json ? renderJson : renderText;
  process.stdout.write(render({ seed: options.seed, seconds, results }));
  const findings = results.flatMap(({ finding }) => finding ?? []);
  if (options.keep) keepRegressions(findings);
  return findings.length > 0 ? 1 : 0;
}

function run({ input, mutate: mutation, ...rest }: Options): Promise<readonly TargetResult[]> {
  const plan: FuzzPlan = { ...rest, mutation };
  return input === undefined ? fuzz(plan) : tryOne(plan, input);
}

async function tryOne({ targets, mutation }: FuzzPlan, input: Buffer): Promise<TargetResult[]> {
  await using worker = new FuzzWorker({ mutation });
  const [target] = targets;
  if (target === undefined) throw new Error('no target');
  const problem = await new Investigation(worker, target).judge(input);
  const finding = problem === undefined ? {} : { finding: { target, problem, input } };
  return [{ target, tried: 1, slowest: { index: 0, cpuMs: 0 }, ...finding }];
}

process.exitCode = await main(process.argv.slice(2));
