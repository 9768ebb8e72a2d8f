import { z } from 'zod';
import { type RegisteredGroup, registeredGroupSchema } from '../../core/group.ts';
import { judgeChoice } from '../../core/models/judge-choice.ts';
import { modelsOf } from '../../core/models/model-setting.ts';
import type { RegistrationEdit } from '../../registrations/edit.ts';
import type { ConsoleModels } from '../ports.ts';

const checkbox = z.literal('on').optional();

/** What the form of a group sends. An empty model means the default. */
export const groupFormSchema = z.strictObject({
  provider: z.string().max(40),
  model: z.string().max(300).trim(),
  fallbacks: z.string().max(3_000),
  fallbackToClaude: checkbox,
  receipts: checkbox,
  confirmed: checkbox,
});
export type GroupForm = z.infer<typeof groupFormSchema>;

type Fields = Extract<RegistrationEdit, { type: 'set' }>['fields'];

/** Sentences for people. `doubtful`: a person should say that the models are wanted all the same. */
export type JudgedForm =
  | { status: 'fine'; fields: Fields; notes: readonly string[]; isModelChanged: boolean }
  | { status: 'doubtful'; doubts: readonly string[] }
  | { status: 'refused'; problems: readonly string[] };

/** `hasReceipts`: what holds for groups that do not say. */
export function formOf(group: RegisteredGroup, hasReceipts: boolean): GroupForm {
  const [model = '', ...fallbacks] = group.model === undefined ? [] : modelsOf(group.model);
  return {
    provider: group.provider,
    model,
    fallbacks: fallbacks.join(', '),
    ...(group.fallbackToClaude ? { fallbackToClaude: 'on' as const } : {}),
    ...((group.receipts ?? hasReceipts) ? { receipts: 'on' as const } : {}),
  };
}

export interface FormFacts {
  readonly models: ConsoleModels;
  /** Whether groups that do not say otherwise show receipts. */
  readonly hasReceipts: boolean;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Checks a form as `deckhand groups set` checks its options. */
export function judgeGroupForm(
  form: GroupForm,
  group: RegisteredGroup,
  { models, hasReceipts, now }: FormFacts,
): JudgedForm {
  const plain = plainFields(form, formOf(group, hasReceipts));
  const checked = registeredGroupSchema.safeParse({ ...group, ...plain });
  if (!checked.success) {
    return { status: 'refused', problems: checked.error.issues.map(describeIssue) };
  }
  const names = namesOf(form);
  if (names.length === 0) {
    return { status: 'fine', fields: withoutModel(plain, group), notes: [], isModelChanged: false };
  }
  if (form.model === '') {
    return { status: 'refused', problems: ['Say which model is asked before the fallbacks.'] };
  }
  const judged = judgeChoice(names, checked.data, models, now);
  if (!judged.ok) return { status: 'refused', problems: judged.problems };
  const isModelChanged = !isSameList(names, group) || group.provider !== checked.data.provider;
  if (isModelChanged && form.confirmed === undefined && judged.doubts.some((one) => one.isGrave)) {
    return { status: 'doubtful', doubts: judged.doubts.map(({ text }) => text) };
  }
  const fields = { ...plain, model: judged.setting };
  return { status: 'fine', fields, notes: judged.notes, isModelChanged };
}

/** A box that is as it was shown leaves its field unwritten, so that a default stays one. */
function plainFields(form: GroupForm, shown: GroupForm): Fields {
  const { fallbackToClaude, receipts } = form;
  return {
    provider: form.provider as RegisteredGroup['provider'],
    ...(fallbackToClaude !== shown.fallbackToClaude && {
      fallbackToClaude: fallbackToClaude === 'on',
    }),
    ...(receipts !== shown.receipts && { receipts: receipts === 'on' }),
  };
}

function withoutModel(plain: Fields, group: RegisteredGroup): Fields {
  return group.model === undefined ? plain : { ...plain, model: undefined };
}

function namesOf({ model, fallbacks }: GroupForm): readonly string[] {
  return [model, ...fallbacks.split(/[\s,]+/)].filter((name) => name !== '');
}

function isSameList(names: readonly string[], { model }: RegisteredGroup): boolean {
  return model !== undefined && modelsOf(model).join('\n') === names.join('\n');
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.')}: ${message}`;
}
