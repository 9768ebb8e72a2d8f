import type { AgentPaths, RunRequest } from '@deckhand/protocol';
import { describeConversation } from './conversation.ts';
import { fence, joinBlocks } from './fence.ts';
import { describeIdentity } from './identity.ts';
import { describeIpc } from './ipc-guide.ts';
import { describeGlobalMemory, readGroupMemory } from './memory.ts';

/**
 * What only we and the owner of the installation write goes to the developer role: identity, rules of
 * the mailbox, the memory of all groups (mounted read-only). To the Codex CLI it travels in an
 * argument, which Linux limits to 128 KiB; the memory is bounded well below.
 */
export function describeRules(request: RunRequest, paths: AgentPaths): string {
  return joinBlocks(
    describeIdentity(request, paths),
    describeIpc(request, paths),
    describeGlobalMemory(request.globalMemory),
  );
}

/**
 * What members of the group can write goes to the user role: the group's memory, which the agent
 * itself writes at their request, and their messages. At developer level, a member could plant a rule
 * that outlives the conversation.
 */
export async function composePrompt(request: RunRequest, paths: AgentPaths): Promise<string> {
  const memory = fence('group_memory', await readGroupMemory(paths.group));
  return joinBlocks(
    memory === '' ? '' : `Your notes about this group (${paths.group}/CLAUDE.md):\n${memory}`,
    describeConversation(request, true),
  );
}
