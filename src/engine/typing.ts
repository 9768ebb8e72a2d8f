import type { After } from '../clock.ts';
import type { Jid } from '../core/message.ts';
import type { Channel } from '../ports.ts';

/** WhatsApp lets "typing…" fade after about 25 s without a refresh. */
const REFRESH_MS = 10_000;

export interface TypingDeps {
  readonly channel: Pick<Channel, 'setTyping'>;
  readonly after: After;
}

/** Shows "typing…" in a chat until the returned value is disposed. */
export function showTyping({ channel, after }: TypingDeps, chatJid: Jid): Disposable {
  let cancel = show();
  function show(): () => void {
    void channel.setTyping(chatJid, true);
    return after(REFRESH_MS, () => {
      cancel = show();
    });
  }
  return {
    [Symbol.dispose]() {
      cancel();
      void channel.setTyping(chatJid, false);
    },
  };
}
