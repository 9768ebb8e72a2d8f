import { setTimeout as delay } from 'node:timers/promises';
import type { LinkedChannel } from '../../src/app/channel.ts';
import { describeOutbound } from '../../src/core/outbound/describe.ts';
import type { ChannelHandlers } from '../../src/ports.ts';
import type { FromHost } from './message.ts';

const OWN_JID = '15550000001@s.whatsapp.net';
/** As long as a server on the internet may take. */
const ACK_DELAY_MS = 20;

/** The port of the channel without WhatsApp behind it: what is sent is acked and told to the generator. */
export function createPortChannel(
  handlers: ChannelHandlers,
  tell: (message: FromHost) => void,
): LinkedChannel {
  const refused = { status: 'rejected', reason: 'there are no files here' } as const;
  return {
    isLinked: () => true,
    ownJids: () => [OWN_JID],
    channel: {
      async run(signal) {
        handlers.onState({ status: 'open', ownJids: [OWN_JID] });
        handlers.onCaughtUp?.();
        tell({ type: 'open' });
        const { promise, resolve } = Promise.withResolvers<void>();
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (!signal.aborted) await promise;
      },
      async send(message) {
        const target = message.kind === 'reaction' ? { target: message.target.id } : {};
        const text = message.kind === 'reaction' ? message.emoji : describeOutbound(message);
        tell({ type: 'shown', id: message.id, text, ...target });
        await delay(ACK_DELAY_MS);
        return { status: 'acked' };
      },
      upload: async () => refused,
      download: async () => ({
        status: 'failed',
        reason: 'there are no files here',
        isFinal: true,
      }),
      setTyping: () => Promise.resolve(),
      groupInfo: () => Promise.resolve(undefined),
      listGroups: () => Promise.resolve(undefined),
      dropConnection: () => undefined,
    },
  };
}
