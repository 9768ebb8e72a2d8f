import type { ContainerInspectInfo } from 'dockerode';

const MASKED = ['/proc/kcore', '/proc/keys', '/sys/firmware'];
const READ_ONLY = ['/proc/sys', '/proc/sysrq-trigger'];

/** Every way known to us by which a container gets more than it must, as the engine tells it. */
export function findForbidden({ Config, HostConfig: host }: ContainerInspectInfo): string[] {
  const { CgroupnsMode, MaskedPaths, ReadonlyPaths } = host as typeof host & {
    CgroupnsMode?: string;
  };
  const isEmpty = (list: unknown) => list === null || (Array.isArray(list) && list.length === 0);
  const holds = (list: readonly string[] | undefined, names: readonly string[]) =>
    names.every((name) => list?.includes(name) === true);
  const checks: readonly (readonly [string, boolean])[] = [
    ['privileged', host.Privileged !== false],
    ['capabilities', !isEmpty(host.CapAdd ?? null) || String(host.CapDrop) !== 'ALL'],
    ['security options', String(host.SecurityOpt) !== 'no-new-privileges'],
    ['network', !['none', 'bridge'].includes(host.NetworkMode ?? '')],
    ['pid namespace', host.PidMode !== ''],
    ['ipc namespace', host.IpcMode !== 'private'],
    ['uts namespace', host.UTSMode !== ''],
    ['user namespace', host.UsernsMode !== ''],
    ['cgroup namespace', CgroupnsMode !== 'private'],
    ['binds', !isEmpty(host.Binds ?? null) || !isEmpty(host.VolumesFrom ?? null)],
    ['devices', !isEmpty(host.Devices ?? null) || !isEmpty(host.DeviceRequests ?? null)],
    ['device rules', !isEmpty(host.DeviceCgroupRules ?? null)],
    ['groups', !isEmpty(host.GroupAdd ?? null)],
    ['names of the host', !isEmpty(host.ExtraHosts ?? null) || !isEmpty(host.Links ?? null)],
    ['ports', host.PublishAllPorts !== false || Object.keys(host.PortBindings ?? {}).length > 0],
    ['root user', !/^[1-9]\d*:\d+$/.test(Config.User)],
    ['hidden paths', !holds(MaskedPaths, MASKED) || !holds(ReadonlyPaths, READ_ONLY)],
    ['writable root', host.ReadonlyRootfs !== true],
    ['no limits', !host.Memory || host.MemorySwap !== host.Memory || !host.NanoCpus],
    ['processes', !host.PidsLimit || host.PidsLimit < 0 || host.OomKillDisable === true],
    ['open files', host.Ulimits?.some(({ Name }) => Name === 'nofile') !== true],
    ['parameters of the kernel', Object.keys(host.Sysctls ?? {}).length > 0],
    ['cgroup parent', (host.CgroupParent ?? '') !== ''],
    ['volume driver', (host.VolumeDriver ?? '') !== ''],
    ['restart or no init', host.RestartPolicy?.Name !== 'no' || host.Init !== true],
    ['mounts', host.Mounts?.some((mount) => !isPlainMount(mount)) === true],
  ];
  return checks.filter(([, isThere]) => isThere).map(([name]) => name);
}

function isPlainMount(mount: NonNullable<ContainerInspectInfo['HostConfig']['Mounts']>[number]) {
  const isOfHost = /^\/(?:$|proc|sys|dev|etc|run|var\/run)(?:\/|$)/.test(mount.Source);
  const isSocket = mount.Source.endsWith('.sock');
  return (
    mount.Type === 'bind' && mount.BindOptions?.Propagation === 'rprivate' && !isOfHost && !isSocket
  );
}
