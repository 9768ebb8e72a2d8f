import { relative } from 'node:path';
import { agentPaths, type RunRequest } from '@deckhand/protocol';
import type { Container } from 'dockerode';
import { composePrompt, describeRules } from '../container/agent-runner/src/prelude/prompt.ts';
import { codexArguments } from '../container/agent-runner/src/providers/codex/arguments.ts';
import { findCodex } from '../container/agent-runner/src/providers/codex/binary.ts';
import {
  completeConfig,
  parseConfig,
} from '../container/agent-runner/src/providers/codex/config.ts';
import { projectRoot } from '../test/docker/engine.ts';
import { type BareCommand, startIdleContainer, timeExec } from './bare-container.ts';
import { type ContainerSite, makeGroup } from './container-site.ts';
import { median, roundHundredths } from './distribution.ts';

const WARM_UP_ROUNDS = 3;
const ROUNDS = 15;
/** What the agent runner uses itself. */
const MODEL = 'gpt-6.1-sol';
const IMAGE_ROOT = '/app';

/** Medians, milliseconds. */
export interface WarmTurnFigures {
  readonly rounds: number;
  /** The agent runner is called → the answer, in the group's warm container. */
  readonly warm: number;
  /** The same CLI, arguments and prompt by `docker exec` in an idle container without limits. */
  readonly bare: number;
  /** warm / bare */
  readonly ratio: number;
  /** The same turn by the responses provider, in a warm container of its own. */
  readonly responses: number;
  /** `docker exec` of a program that does nothing: the part of `bare` that is not the CLI. */
  readonly emptyExec: number;
}

export async function measureWarmTurn(
  site: ContainerSite,
  signal: AbortSignal,
): Promise<WarmTurnFigures> {
  const group = makeGroup('warm-codex', 'codex');
  const direct = makeGroup('warm-responses', 'responses');
  const container = await startIdleContainer(site);
  const command = await bareCommand(site.request(group));
  await writeConfig(site, container, command);
  const times = {
    warm: new Array<number>(),
    bare: new Array<number>(),
    responses: new Array<number>(),
    emptyExec: new Array<number>(),
  };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    signal.throwIfAborted();
    const { toAnswer } = await site.run(group, signal);
    const bare = await timeExec(site.docker, container, command);
    const emptyExec = await timeExec(site.docker, container, { argv: ['true'] });
    const responses = await site.run(direct, signal);
    if (round < 0) continue;
    times.warm.push(toAnswer);
    times.bare.push(bare);
    times.emptyExec.push(emptyExec);
    times.responses.push(responses.toAnswer);
  }
  await site.release(group);
  await site.release(direct);
  const [warm, bare] = [median(times.warm), median(times.bare)];
  return {
    rounds: ROUNDS,
    warm: roundHundredths(warm),
    bare: roundHundredths(bare),
    ratio: roundHundredths(warm / bare),
    responses: roundHundredths(median(times.responses)),
    emptyExec: roundHundredths(median(times.emptyExec)),
  };
}

/** What the agent runner would start for the request, native binary and all. */
async function bareCommand(request: RunRequest): Promise<BareCommand> {
  const paths = agentPaths();
  const { binary } = findCodex();
  const args = codexArguments(request, paths, {
    model: MODEL,
    config: parseConfig(completeConfig(undefined) ?? ''),
    instructions: describeRules(request, paths),
  });
  return {
    argv: [`${IMAGE_ROOT}/${relative(projectRoot, binary)}`, ...args],
    env: {
      CODEX_HOME: paths.codexHome,
      CODEX_API_KEY: request.secrets.OPENAI_API_KEY ?? '',
    },
    input: await composePrompt(request, paths),
  };
}

async function writeConfig(
  { docker }: ContainerSite,
  container: Container,
  { env }: BareCommand,
): Promise<void> {
  await timeExec(docker, container, {
    argv: ['sh', '-c', 'mkdir -p "$CODEX_HOME" && cat >"$CODEX_HOME/config.toml"'],
    ...(env === undefined ? {} : { env }),
    input: completeConfig(undefined) ?? '',
  });
}
