/** What a chat is told whose question has to wait for others. `ahead` is one at least. */
export function queueNotice(ahead: number): string {
  const questions =
    ahead === 1
      ? '1 question of another group is ahead of yours'
      : `${ahead} questions of other groups are ahead of yours`;
  return `${questions}; I answer as soon as it is your turn.`;
}
