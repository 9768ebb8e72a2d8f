import type { ColdStartFigures } from './cold-start.ts';
import type { DoorFigures } from './doors.ts';
import type { GatewayFigures } from './gateway.ts';
import type { RepeatedDecryptionFigures } from './group-decryption.ts';
import type { IpcFigures } from './ipc.ts';
import type { LoadFigures } from './load/engine-load.ts';
import type { RestartFigures } from './load/restart.ts';
import type { SocketFigures } from './load/socket-load.ts';
import type { OverheadFigures } from './overhead.ts';
import type { WarmTurnFigures } from './warm-turn.ts';

interface Skipped {
  readonly skipped: string;
}

/** What was measured; a part that was not chosen is absent. */
export interface Results {
  readonly overhead?: OverheadFigures;
  readonly gateway?: GatewayFigures;
  readonly coldStart?: ColdStartFigures | Skipped;
  readonly warmTurn?: WarmTurnFigures | Skipped;
  readonly doors?: DoorFigures | Skipped;
  readonly signal?: RepeatedDecryptionFigures;
  readonly ipc?: IpcFigures;
  readonly engineLoad?: LoadFigures;
  readonly socketLoad?: SocketFigures;
  readonly restart?: RestartFigures;
}

export interface Aim {
  readonly figure: string;
  readonly unit: 'ms' | '×' | '';
  readonly value: number;
  /** The value should be at most, or at least, this. */
  readonly aim: { readonly most: number } | { readonly least: number };
  readonly met: boolean;
}

/** Every figure that has an aim, as far as it was measured. */
export function judgeAims(results: Results): Aim[] {
  const { overhead, coldStart, warmTurn, doors, signal, ipc } = results;
  const aims: Aim[] = [];
  if (overhead !== undefined) {
    const { receivedToAsked, resultToSocket } = overhead;
    aims.push(judge('received to container asked, p50', 'ms', receivedToAsked.p50, { most: 15 }));
    aims.push(judge('result to socket, p50', 'ms', resultToSocket.p50, { most: 15 }));
  }
  if (coldStart !== undefined && !('skipped' in coldStart)) {
    for (const provider of ['claude', 'codex'] as const) {
      const { ratio } = coldStart[provider];
      aims.push(judge(`cold start (${provider}) / bare container`, '×', ratio, { most: 1.3 }));
    }
  }
  if (warmTurn !== undefined && !('skipped' in warmTurn)) {
    aims.push(judge('warm turn / bare codex exec', '×', warmTurn.ratio, { most: 1.2 }));
  }
  if (doors !== undefined && !('skipped' in doors)) {
    aims.push(
      judge('cold start by the door / mounted', '×', doors.coldCodex.ratio, { most: 1.05 }),
    );
    aims.push(judge('warm turn by the door / mounted', '×', doors.warmCodex.ratio, { most: 1.05 }));
  }
  if (signal !== undefined) {
    aims.push(judge('group decryption own / stock', '×', signal.ratio, { least: 10 }));
  }
  if (ipc !== undefined) {
    const { withEvents, withoutEvents } = ipc;
    aims.push(judge('request to reply with events, p99', 'ms', withEvents.p99, { most: 250 }));
    aims.push(judge('request to reply without, p99', 'ms', withoutEvents.p99, { most: 1_200 }));
  }
  aims.push(...judgeLoads(results));
  return aims;
}

function judgeLoads({ engineLoad, socketLoad, restart }: Results): Aim[] {
  const aims: Aim[] = [];
  for (const [path, load] of Object.entries({ engine: engineLoad, socket: socketLoad })) {
    if (load === undefined) continue;
    aims.push(judge(`lost under load (${path})`, '', load.lost, { most: 0 }));
    aims.push(judge(`duplicated under load (${path})`, '', load.duplicated, { most: 0 }));
    aims.push(judge(`ingest commit (${path}), p99`, 'ms', load.ingestCommit.p99, { most: 10 }));
    aims.push(judge(`request to reply (${path}), p99`, 'ms', load.ipc.p99, { most: 250 }));
  }
  if (restart !== undefined) {
    const { toFirstAgent } = restart.with50Groups;
    aims.push(judge('restart to processing', 'ms', toFirstAgent, { most: 3_000 }));
  }
  return aims;
}

function judge(figure: string, unit: Aim['unit'], value: number, aim: Aim['aim']): Aim {
  const met = 'most' in aim ? value <= aim.most : value >= aim.least;
  return { figure, unit, value, aim, met };
}
