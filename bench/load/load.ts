import { type LoadFigures, type LoadPlan, measureEngineLoad } from './engine-load.ts';
import { measureRestart, type RestartFigures } from './restart.ts';
import { measureSocketLoad, type SocketFigures } from './socket-load.ts';

/** The phones of the full path take as much work as the host, which a shorter time shows as well. */
const SOCKET_MINUTES = 2;

export interface LoadResults {
  readonly engineLoad: LoadFigures;
  readonly socketLoad: SocketFigures;
  readonly restart: RestartFigures;
}

export async function measureLoad(plan: LoadPlan, signal: AbortSignal): Promise<LoadResults> {
  const engineLoad = await measureEngineLoad(plan, signal);
  const minutes = Math.min(plan.minutes, SOCKET_MINUTES);
  const socketLoad = await measureSocketLoad({ ...plan, minutes }, signal);
  return { engineLoad, socketLoad, restart: await measureRestart(signal) };
}
