import type { InboundMessage } from '../../src/core/message.ts';
import { agentHappenings } from './agent-happenings.ts';
import type { Chance } from './chance.ts';
import { fault, type Happening, ordinary } from './happening.ts';
import { DEADLY_POINTS, type History } from './history.ts';
import { HOUR, MINUTE } from './history-plan.ts';
import type { SimulatedHost } from './simulated-host.ts';

const JUMPS_MS = [2 * HOUR, -HOUR, 20 * MINUTE, 45 * MINUTE] as const;

/** All that can happen now. Chance decides on details that the name tells. */
export function listHappenings(history: History, chance: Chance): Happening[] {
  return [
    ...questionHappenings(history, chance),
    ...hostHappenings(history, chance),
    ...whatsappHappenings(history),
    ...agentHappenings(history, chance),
    ...mailboxHappenings(history),
    ...disturbances(history, chance),
  ];
}

function questionHappenings(history: History, chance: Chance): Happening[] {
  const { whatsapp, plan, host } = history;
  const happenings: Happening[] = [];
  const number = whatsapp.questions.length + 1;
  if (number <= plan.questions) {
    const group = plan.groups[chance.below(plan.groups.length)] ?? plan.groups[0];
    const isTrigger = chance.is(0.8);
    const name = `write ${isTrigger ? 'q' : 'c'}${number} in ${group?.folder}`;
    happenings.push(
      fault(name, 4, () => {
        const message = writeMessage(history, group?.jid ?? '', isTrigger, number);
        whatsapp.questions.push({ message, isTrigger, isReceipted: false, isForeign: false });
      }),
    );
  }
  if (host?.isOpen !== true || host.stopping !== undefined) return happenings;
  for (const question of whatsapp.questions) {
    const { id, chatJid } = question.message;
    const receive = () => {
      if (history.groups.has(chatJid)) question.heardAt ??= history.trace.length;
      host.receive(question);
    };
    if (question.isReceipted) happenings.push(fault(`deliver ${id} again`, 0.3, receive));
    else happenings.push(ordinary(`deliver ${id}`, 4, receive));
  }
  return happenings;
}

function writeMessage(
  { clock }: History,
  chatJid: string,
  isTrigger: boolean,
  number: number,
): InboundMessage {
  return {
    chatJid,
    senderJid: '5@s.whatsapp.net',
    senderName: 'Ana',
    id: `M${number}`,
    sentAt: Math.floor(clock.now() / 1_000) * 1_000,
    text: isTrigger ? `@Assistant q${number}` : `c${number}`,
    isFromMe: false,
    isGroup: true,
    mentions: [],
  };
}

function hostHappenings(history: History, chance: Chance): Happening[] {
  const { host, plan } = history;
  if (host === undefined) return [ordinary('start', 6, () => history.startHost())];
  if (host.stopping !== undefined) return [];
  const mayDie = history.deaths < plan.deaths;
  const happenings = host.isOpen
    ? [fault('cut', 0.5, () => host.cut())]
    : [ordinary('open', 6, () => host.open())];
  if (mayDie) {
    happenings.push(fault('kill', 0.6, () => history.killHost()));
    happenings.push(fault('stop', 0.4, () => stopHost(history, host)));
    const point = DEADLY_POINTS[chance.below(DEADLY_POINTS.length)];
    if (history.deadlyPoint === undefined && point !== undefined)
      happenings.push(fault(`die at ${point}`, 3, () => void (history.deadlyPoint = point)));
  }
  return happenings;
}

function stopHost(history: History, host: SimulatedHost): void {
  history.deaths += 1;
  host.stop();
}

function whatsappHappenings({ whatsapp, clock }: History): Happening[] {
  const happenings = whatsapp.writes.flatMap((write) => {
    const { name } = write;
    if (!write.hasArrived) {
      const arrive = ordinary(`${name} arrives`, 4, () => whatsapp.arrive(write));
      const isWaitedFor = write.settle !== undefined;
      const late = isWaitedFor
        ? fault(`${name} is late`, 0.3, () => whatsapp.giveUp(write))
        : undefined;
      const lost = fault(`${name} is lost`, 0.3, () => whatsapp.lose(write));
      return late === undefined ? [arrive, lost] : [arrive, late, lost];
    }
    return [
      ordinary(`${name} acked`, 4, () => whatsapp.ack(write)),
      fault(`ack of ${name} is lost`, 0.5, () => whatsapp.giveUp(write)),
    ];
  });
  if (clock.hasTimers) happenings.push(fault('timer', 4, () => clock.fireNext()));
  return happenings;
}

function mailboxHappenings({ mailbox, host, groups, agents }: History): Happening[] {
  const happenings: Happening[] = [];
  const folders = new Set<string>();
  for (const file of mailbox.files) {
    const isWritten = agents.all.get(file.attemptId)?.state === 'working';
    if (file.state === 'temporary' && isWritten)
      happenings.push(ordinary(`${file.name} is renamed`, 3, () => void (file.state = 'ready')));
    if (file.state === 'ready' || file.state === 'claimed') folders.add(file.folder);
  }
  if (host === undefined || host.stopping !== undefined) return happenings;
  const served = new Set([...groups.values()].map(({ folder }) => folder));
  for (const folder of folders) {
    if (!served.has(folder)) continue;
    happenings.push(ordinary(`look into ${folder}`, 2, () => host.look(folder)));
  }
  return happenings;
}

function disturbances(history: History, chance: Chance): Happening[] {
  const { plan, groups, host, clock } = history;
  const gone = plan.groups.filter(({ jid }) => !groups.has(jid));
  const happenings = gone.map((group) =>
    ordinary(`register ${group.folder}`, 2, () => {
      groups.set(group.jid, group);
      if (host?.stopping === undefined) host?.engine.recover();
    }),
  );
  if (history.disturbances >= plan.disturbances) return happenings;
  const jumpMs = chance.pick(JUMPS_MS);
  const group = plan.groups[chance.below(plan.groups.length)];
  const disturb = (name: string, happen: () => void) =>
    fault(name, 0.3, () => {
      history.disturbances += 1;
      happen();
    });
  happenings.push(disturb(`clock ${jumpMs / MINUTE} min`, () => clock.jump(jumpMs)));
  if (group !== undefined && groups.has(group.jid))
    happenings.push(
      disturb(`unregister ${group.folder}`, () => {
        groups.delete(group.jid);
        host?.closeMailbox(group.folder);
        history.unregistered.set(group.jid, history.trace.length);
      }),
    );
  return happenings;
}
