/** The questions of a prompt in their order: what follows `@Assistant` and begins with q. */
export function questionsIn(prompt: string): string[] {
  return [...prompt.matchAll(/@Assistant (q\w+)/g)].map(([, question = '']) => question);
}
