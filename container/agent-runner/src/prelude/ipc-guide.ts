import type { AgentPaths, RunRequest } from '@deckhand/protocol';

function describeMessage(request: RunRequest, paths: AgentPaths): string {
  const message = {
    type: 'message',
    chatJid: request.group.jid,
    text: 'Half done.',
    groupFolder: request.group.folder,
    timestamp: '2026-01-31T09:00:00Z',
  };
  const scope = request.group.isMain ? 'any registered group' : 'this group only';
  return [
    `Send a message now, before your answer (to ${scope}): a file in ${paths.ipc}/messages/:`,
    JSON.stringify(message),
  ].join('\n');
}

function describeTask(request: RunRequest, paths: AgentPaths): string {
  const task = {
    type: 'schedule_task',
    prompt: 'Remind everybody of the meeting.',
    schedule_type: 'cron',
    schedule_value: '0 9 * * 1',
    context_mode: 'group',
    targetJid: request.group.jid,
    createdBy: request.group.folder,
    timestamp: '2026-01-31T09:00:00Z',
  };
  return [
    `Schedule a task: a file in ${paths.ipc}/tasks/:`,
    JSON.stringify(task),
    'schedule_type is "cron" (five fields, local time), "interval" (milliseconds) or "once" (local time such as 2026-01-31T09:00:00).',
  ].join('\n');
}

/** How the agent asks the host for something: files in its mailbox. The formats are NanoClaw v1's. */
export function describeIpc(request: RunRequest, paths: AgentPaths): string {
  return [
    'You ask the host for things through files. Write the JSON under a temporary name first, then rename it to a new name that ends in .json:',
    `f=${paths.ipc}/messages/$(date +%s%N); printf '%s' '{…}' > "$f.tmp" && mv "$f.tmp" "$f.json"`,
    `The host answers in ${paths.ipc}/replies/ with a file of the same name, usually within a second: {"ok":true,…}, or {"ok":false,"error":"…"} that says what to change. Report only what a reply confirms.`,
    '',
    describeMessage(request, paths),
    'Your answer itself is sent without this; do not send it twice.',
    '',
    describeTask(request, paths),
  ].join('\n');
}
