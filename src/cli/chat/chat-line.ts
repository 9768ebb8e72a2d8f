/** What a line of a chat asks for. */
export type ChatLine =
  | { readonly kind: 'question'; readonly text: string }
  | { readonly kind: 'quit' }
  | { readonly kind: 'new' }
  | { readonly kind: 'help' }
  /** Without a name: tell which one is asked. */
  | { readonly kind: 'model'; readonly name: string | undefined }
  | { readonly kind: 'unknown'; readonly word: string }
  | { readonly kind: 'empty' };

export const CHAT_HELP = `/new           forget what was said and begin anew
/model         tell which model is asked
/model <name>  ask another one, as provider/model, and go on
/quit          leave; so does Ctrl-D
Ctrl-C stops an answer; pressed twice it leaves.
`;

/** Only a single line can be a command: a pasted text that begins with a slash is a question. */
export function readChatLine(text: string): ChatLine {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty' };
  const [word = '', argument, ...rest] = trimmed.split(/\s+/);
  // A path such as /etc/hosts is no command.
  if (trimmed.includes('\n') || !/^\/[a-z]+$/.test(word)) return { kind: 'question', text };
  if (word === '/model' && rest.length === 0) return { kind: 'model', name: argument };
  if (argument === undefined) {
    if (word === '/quit' || word === '/exit') return { kind: 'quit' };
    if (word === '/new') return { kind: 'new' };
    if (word === '/help') return { kind: 'help' };
  }
  return { kind: 'unknown', word };
}
