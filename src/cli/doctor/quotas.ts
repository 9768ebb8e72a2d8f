import type { Config } from '../../config.ts';
import { formatBytes } from '../../core/byte-size.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { groupFolders, quotaOf } from '../../disk/disk-guard.ts';
import { measureFolders } from '../../disk/folder-size.ts';
import type { HostPaths } from '../../paths.ts';
import { type Finding, warning } from './finding.ts';

/** Which groups take more of the disk than they may, so that their runs can only clean up. */
export async function checkQuotas(
  paths: HostPaths,
  config: Pick<Config, 'diskQuotaMb'>,
  groups: readonly RegisteredGroup[],
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const group of groups) {
    const quota = quotaOf(group, config.diskQuotaMb);
    const isEnough = (bytes: number) => bytes > quota || signal.aborted;
    const bytes = await measureFolders(groupFolders(paths, group.folder), isEnough);
    if (bytes > quota) findings.push(describe(group.folder, quota));
  }
  return findings;
}

function describe(folder: string, quota: number): Finding {
  const detail = `${folder}: its folders take more than the ${formatBytes(quota)} that they may`;
  const mend = `Its runs are stopped as soon as they write more. Let it clean up, or raise containerConfig.diskMb of the group or DISK_QUOTA_MB. This shows what takes the room:\n$ du -xsh groups/${folder}/* data/*/${folder} | sort -h`;
  return warning('disk.quota', detail, mend);
}
