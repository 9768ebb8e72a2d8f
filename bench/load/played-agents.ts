import { setTimeout as delay } from 'node:timers/promises';
import { type RunRequest } from '@deckhand/protocol';
import type { Agents } from '../../src/app/agents.ts';
import type { RegisteredGroup } from '../../src/core/group.ts';
import type { HostPaths } from '../../src/paths.ts';
import type { RunHandlers, RunOutcome } from '../../src/ports.ts';
import { BY_NETWORK } from '../../test/fakes/by-network.ts';
import { timeRequest } from '../time-request.ts';

/** 1.8 s on average: at 25 questions a second 45 of 50 places are taken. */
const WORK_MS = { least: 1_000, most: 2_600 };

export interface PlayedAgentsFigures {
  readonly ipcMs: readonly number[];
  readonly mostAgents: number;
}

/**
 * Agents that work for a while, ask the host by the mailbox to change their group's task, wait for its reply as the
 * real ones do, and answer. All in the host's process.
 */
export function createPlayedAgents(
  paths: Pick<HostPaths, 'ipc'>,
  onAsked: () => void,
): { agents: Agents; figures: () => PlayedAgentsFigures } {
  const ipcMs: number[] = [];
  const scheduled = new Set<string>();
  const stop = new AbortController();
  let running = 0;
  let mostAgents = 0;

  async function askHost({ folder }: RegisteredGroup, runId: string): Promise<void> {
    const isFirst = !scheduled.has(folder);
    scheduled.add(folder);
    const request = isFirst ? scheduleTask(folder, runId) : changeTask(folder, runId);
    ipcMs.push(await timeRequest(paths.ipc(folder), `${runId}.json`, request, stop.signal));
  }

  async function work(
    { runId }: RunRequest,
    group: RegisteredGroup,
    handlers: RunHandlers,
  ): Promise<RunOutcome> {
    handlers.onContainer(`played-${runId}`);
    const { least, most } = WORK_MS;
    await delay(least + Math.random() * (most - least), undefined, { signal: stop.signal });
    await askHost(group, runId);
    return { status: 'answered', text: `Answer of ${runId}`, isCut: false };
  }

  const runner: Agents['runner'] = {
    async run(request, group, handlers) {
      onAsked();
      running += 1;
      mostAgents = Math.max(mostAgents, running);
      try {
        return await work(request, group, handlers);
      } catch (error) {
        if (stop.signal.aborted) return { status: 'detached' };
        throw error;
      } finally {
        running -= 1;
      }
    },
    adopt: () => Promise.resolve(undefined),
    release: () => Promise.resolve(),
    async [Symbol.asyncDispose]() {
      stop.abort();
    },
  };
  return {
    agents: {
      runner,
      ...BY_NETWORK,
      handOver: () => Promise.resolve(),
      prepare: () => Promise.resolve(),
    },
    figures: () => ({ ipcMs, mostAgents }),
  };
}

function scheduleTask(folder: string, runId: string) {
  const schedule = { schedule_type: 'cron', schedule_value: '0 9 1 1 *', context_mode: 'isolated' };
  return {
    type: 'schedule_task',
    taskId: `task-${folder}`,
    prompt: `Made by ${runId}`,
    ...schedule,
  };
}

function changeTask(folder: string, runId: string) {
  return { type: 'update_task', taskId: `task-${folder}`, prompt: `Changed by ${runId}` };
}
