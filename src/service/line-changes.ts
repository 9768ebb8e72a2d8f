/**
 * What a replaced text had and no longer has (`- `), and what is new (`+ `), each in its own order: for definitions
 * whose lines are all different this says what a full comparison would.
 */
export function lineChanges(before: string, after: string): readonly string[] {
  const old = before.split('\n');
  const fresh = after.split('\n');
  const gone = old.filter((line) => !fresh.includes(line));
  const added = fresh.filter((line) => !old.includes(line));
  return [...gone.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)];
}
