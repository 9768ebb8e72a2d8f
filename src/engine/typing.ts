import type { Jid } from '../core/message.ts';
import type { Channel } from '../ports.ts';

/** WhatsApp lets "typing…" fade after about 25 s without a refresh. */
const REFRESH_MS = 10_000;

/** Shows "typing…" in a chat until the returned value is disposed. */
export function showTyping(channel: Pick<Channel, 'setTyping'>, chatJid: Jid): Disposable {
  void channel.setTyping(chatJid, true);
  const timer = setInterval(() => void channel.setTyping(chatJid, true), REFRESH_MS);
  timer.unref();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      void channel.setTyping(chatJid, false);
    },
  };
}
