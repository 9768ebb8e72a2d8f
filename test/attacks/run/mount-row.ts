import type { AttackOutcome } from '../outcome.ts';
import type { AttackRow } from './attack-row.ts';
import { HOSTILE, type HostSite, MOUNTED } from './host-site.ts';
import { hostPlaces, type SecretPlace } from './own-places.ts';
import { never } from './press-knocks.ts';

const INSIDE = 'the agent runs';

/** What a registration could give an agent besides its own folders. */
export const MOUNT_ROWS: readonly AttackRow<HostSite>[] = [
  { id: 'T18', attack: 'mounts of secrets', prove: mountSecrets, press: pressMounts },
];

/** T18: stopped when no agent runs with the mount, and its run tells why. */
async function mountSecrets(site: HostSite, signal: AbortSignal): Promise<AttackOutcome> {
  const secrets = [...site.places.secrets, ...hostPlaces(site.paths, HOSTILE)];
  const given: string[] = [];
  for (const { path, reason } of secrets) {
    const { told, why } = await askWith(site, path, signal);
    if (told === INSIDE || !reason.test(why)) given.push(`${path}: ${why || told}`);
  }
  await site.app.registrations.set(site.group(MOUNTED).jid, { containerConfig: {} }, signal);
  const isServed = (await site.tell(`agent: echo ${INSIDE}`, signal, MOUNTED)) === INSIDE;
  const evidence = `given or refused for another reason: ${given.join('; ') || 'none'}; without a mount the agent ${isServed ? 'runs' : 'DOES NOT RUN'}`;
  return { tried: secrets.length, stopped: isServed ? secrets.length - given.length : 0, evidence };
}

/** What the chat is told, and why by the database. */
async function askWith(site: HostSite, hostPath: string, signal: AbortSignal) {
  await mount(site, hostPath, signal);
  const told = await site.tell(`agent: echo ${INSIDE}`, signal, MOUNTED);
  const find = 'select detail from runs where chat_jid = ? order by rowid desc limit 1';
  const { jid } = site.group(MOUNTED);
  const why = site.read((db) => db.prepare<[string], string>(find).pluck().get(jid));
  return { told, why: why ?? '' };
}

async function mount(site: HostSite, hostPath: string, signal: AbortSignal): Promise<void> {
  const additionalMounts = [{ hostPath, containerPath: 'x', readonly: true }];
  const { jid } = site.group(MOUNTED);
  const outcome = await site.app.registrations.set(
    jid,
    { containerConfig: { additionalMounts } },
    signal,
  );
  if (outcome.status !== 'saved') throw new Error(JSON.stringify(outcome));
}

async function pressMounts(site: HostSite, signal: AbortSignal): Promise<void> {
  const places: readonly SecretPlace[] = site.places.secrets;
  for (let index = 0; !signal.aborted; index += 1)
    await askWith(site, places[index % places.length]?.path ?? '', never);
}
