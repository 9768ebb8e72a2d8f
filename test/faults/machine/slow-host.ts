import { createApp } from '../../../src/app/app.ts';
import { loadConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/logger.ts';
import { projectRoot } from '../../docker/engine.ts';
import { BY_NETWORK } from '../../fakes/by-network.ts';
import { answer, FakeRunner } from '../../fakes/fake-runner.ts';
import { questionsIn } from '../whatsapp/questions.ts';

/** Serves until SIGTERM. Its agents take their time, and one that is asked for `qhang` answers in a next host alone. */
const LONGEST_MS = 400;
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const runner = new FakeRunner();
runner.respond = (run) => {
  const questions = questionsIn(run.request.prompt);
  if (questions.includes('qhang') && run.request.runId.endsWith('-1')) return undefined;
  const end = () => run.end(answer(`heard ${questions.join(' ')}`));
  setTimeout(end, Math.random() * LONGEST_MS);
  return undefined;
};
await using app = await createApp(loadConfig(process.env, projectRoot), {
  projectRoot,
  logger: createLogger(process.env['TEST_LOG_LEVEL'] ?? 'silent'),
  agents: {
    runner,
    ...BY_NETWORK,
    handOver: () => Promise.resolve(),
    prepare: () => Promise.resolve(),
  },
});
await app.run(stop.signal);
