import { basename } from 'node:path';
import { z } from 'zod';
import { type RegisteredGroup, registeredGroupSchema } from '../../core/group.ts';
import type { SourceGroup } from './source.ts';

const mountSchema = z.looseObject({
  hostPath: z.string().min(1),
  containerPath: z.string().optional(),
  readonly: z.boolean().optional(),
});
const configSchema = z.looseObject({
  additionalMounts: z.array(mountSchema).optional(),
  timeout: z.number().optional(),
});
const KNOWN_CONFIG = ['additionalMounts', 'timeout'];

export type Conversion =
  | {
      readonly ok: true;
      readonly group: RegisteredGroup;
      /** What is different from before. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly reason: string };

/** Makes a registration of ours. `mayBeMain` is false when another group is main already. */
export function toRegistration(source: SourceGroup, mayBeMain: boolean): Conversion {
  if (!/@(g\.us|s\.whatsapp\.net|lid)$/.test(source.jid)) {
    return { ok: false, reason: 'is no WhatsApp chat' };
  }
  const isMain = source.isMain && mayBeMain;
  const config = convertConfig(source.containerConfig);
  const folder = source.folder.toLowerCase();
  const parsed = registeredGroupSchema.safeParse({
    jid: source.jid.toLowerCase(),
    name: source.name,
    folder,
    isMain,
    ...(source.trigger === undefined || source.trigger === '' ? {} : { trigger: source.trigger }),
    // There the main group never needs one, whatever its entry says.
    ...(source.requiresTrigger === false && !source.isMain ? { requiresTrigger: false } : {}),
    ...(config.value === undefined ? {} : { containerConfig: config.value }),
    ...(source.addedAt === undefined ? {} : { added_at: source.addedAt }),
  });
  if (!parsed.success) return { ok: false, reason: describe(parsed.error) };
  const notes = [
    ...(folder === source.folder ? [] : [`the folder ${source.folder} becomes ${folder}`]),
    ...(source.isMain && !isMain
      ? ['it was the main group, and becomes an ordinary one: there is a main group already']
      : []),
    ...config.notes,
  ];
  return { ok: true, group: parsed.data, notes };
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'cannot be used' : `${issue.path.join('.')} ${issue.message}`;
}

function convertConfig(value: unknown): { value: unknown; notes: readonly string[] } {
  if (value === undefined || value === null) return { value: undefined, notes: [] };
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    return { value: undefined, notes: ['containerConfig cannot be read and is left out'] };
  }
  const { additionalMounts = [], timeout, ...others } = parsed.data;
  const isTimeoutUsable = timeout !== undefined && timeout >= 1000 && timeout <= 86_400_000;
  const unknown = Object.keys(others).filter((key) => !KNOWN_CONFIG.includes(key));
  const mounts = additionalMounts.map(({ hostPath, containerPath, readonly }) => ({
    hostPath,
    containerPath: containerPath || basename(hostPath),
    readonly: readonly ?? true,
  }));
  const notes = [
    ...(unknown.length === 0 ? [] : [`of containerConfig left out: ${unknown.join(', ')}`]),
    ...(timeout === undefined || isTimeoutUsable ? [] : [`the timeout ${timeout} is left out`]),
    ...(mounts.length === 0
      ? []
      : ['its mounts need your allowlist: copy it from ~/.config/nanoclaw to ~/.config/deckhand']),
  ];
  return {
    value: {
      ...(mounts.length === 0 ? {} : { additionalMounts: mounts }),
      ...(isTimeoutUsable ? { timeout: Math.trunc(timeout) } : {}),
    },
    notes,
  };
}
