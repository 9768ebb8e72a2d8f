/** Whether agents without isolation may answer there; `reason` is for the person at the terminal. */
export type ServeDecision = { ok: true } | { ok: false; reason: string };

/**
 * Agents of the process runtime can read and change everything the host can, so strangers must not be able
 * to instruct them: only a WhatsApp server on this very machine is served. Undefined stands for the real one.
 */
export function mayServe(channelUrl: string | undefined): ServeDecision {
  const shown = channelUrl ?? 'the real WhatsApp';
  if (channelUrl !== undefined && isLoopback(channelUrl)) return { ok: true };
  return {
    ok: false,
    reason:
      `The process runtime gives agents no isolation: a group member could make them read or change ` +
      `any file of this user. It serves a WhatsApp server on this machine only, not ${shown}. ` +
      `Install Docker and choose the docker runtime.`,
  };
}

function isLoopback(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || !/^(wss?|https?):$/.test(url.protocol)) return false;
  return (
    url.hostname === 'localhost' ||
    url.hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(url.hostname)
  );
}
