import type Docker from 'dockerode';
import { z } from 'zod';
import { formatBytes, GIB, MIB } from '../../core/byte-size.ts';
import type { HostPaths } from '../../paths.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** Below this an upgrade's copy of the database, or a large file of a chat, may not fit. */
const DATA = { low: GIB, full: 100 * MIB };
/** The agent image has some 2 GB, and a new one is built beside the old one. */
const DOCKER = { low: 4 * GIB, full: 500 * MIB };

const infoSchema = z.object({ DockerRootDir: z.string().optional() });

export interface DiskDeps {
  readonly paths: Pick<HostPaths, 'data' | 'home'>;
  /** What a user without special rights may still write there; undefined when the path is not on this machine. */
  readonly freeBytes: (path: string) => Promise<number | undefined>;
  /** Absent without an engine. */
  readonly docker: Docker | undefined;
}

/** Whether there is room for messages, files and images. */
export async function checkDisk({ paths, freeBytes, docker }: DiskDeps): Promise<Finding[]> {
  const data = (await freeBytes(paths.data)) ?? (await freeBytes(paths.home));
  const root = docker && infoSchema.parse(await docker.info()).DockerRootDir;
  const images = root === undefined ? undefined : await freeBytes(root);
  const findings = [
    ...(data === undefined ? [] : judgeData(data)),
    ...(images === undefined || root === undefined ? [] : judgeDocker(images, root)),
  ];
  if (findings.length > 0 || data === undefined) return findings;
  const ofDocker = images === undefined ? '' : `, ${formatBytes(images)} for Docker`;
  return [ok('disk', `${formatBytes(data)} free for data/${ofDocker}`)];
}

function judgeData(free: number): Finding[] {
  if (free >= DATA.low) return [];
  const detail = `${formatBytes(free)} free for data/`;
  const mend = 'Make room; this shows what takes it:\n$ du -xsh data/* groups/* | sort -h';
  if (free >= DATA.full) return [warning('disk.low', detail, mend)];
  return [
    problem('disk.full', `${detail}: messages are not taken when they cannot be stored`, mend),
  ];
}

function judgeDocker(free: number, root: string): Finding[] {
  if (free >= DOCKER.low) return [];
  const detail = `${formatBytes(free)} free for Docker in ${root}`;
  const mend = 'Make room; this removes images that no tag names any more:\n$ docker image prune';
  if (free >= DOCKER.full) return [warning('disk.low', detail, mend)];
  return [problem('disk.full', `${detail}: containers may not start`, mend)];
}
