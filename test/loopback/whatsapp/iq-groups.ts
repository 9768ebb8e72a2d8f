import type { BinaryNode } from '@whiskeysockets/baileys';
import type { GroupChat } from './group.ts';
import type { IqCall } from './iq-handlers.ts';
import { childElement, element, requireBytes } from './nodes.ts';
import { IqError } from './protocol-error.ts';

/** Metadata, the list of groups, renaming and leaving; other changes are refused. */
export function answerGroups({ iq, context }: IqCall): BinaryNode[] {
  const owner = context.owner();
  if (childElement(iq, 'participating')) {
    const groups = context.directory.groupsOf(owner).map((group) => group.toNode());
    return [element('groups', {}, groups)];
  }
  const left = childElement(childElement(iq, 'leave'), 'group');
  if (left) {
    requireGroup(context.directory.group(left.attrs['id'] ?? '')).remove(owner);
    return [];
  }
  const group = requireGroup(context.directory.group(iq.attrs['to'] ?? ''));
  if (!group.members.includes(owner)) throw new IqError(403, 'forbidden');
  if (childElement(iq, 'query')) return [group.toNode()];
  const subject = childElement(iq, 'subject');
  if (!subject) throw new IqError(501, 'feature-not-implemented');
  group.rename(requireBytes(subject, 'subject').toString('utf8'));
  return [];
}

function requireGroup(group: GroupChat | undefined): GroupChat {
  if (!group) throw new IqError(404, 'item-not-found');
  return group;
}
