/** Who agents run as inside a container. */
export interface AgentUser {
  readonly uid: number;
  readonly gid: number;
  /** Mounted folders must be given to this user, because the host creates them as root. */
  readonly mustOwnFolders: boolean;
}

/** User `node` of the image. */
const IMAGE_USER = { uid: 1000, gid: 1000 };

/**
 * Never root: a host that runs as root uses the image's own user and hands the mounted folders over; any
 * other host uses its own ids, which own those folders already.
 */
export function chooseAgentUser(hostUid: number, hostGid: number): AgentUser {
  if (hostUid === 0) return { ...IMAGE_USER, mustOwnFolders: true };
  return { uid: hostUid, gid: hostGid, mustOwnFolders: false };
}
