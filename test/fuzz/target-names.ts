/** As `--target` takes them; `targets/table.ts` has them in the same order. */
export const TARGET_NAMES = [
  'ipc-request',
  'runner-events',
  'trigger',
  'person',
  'prompt',
  'splitter',
  'schedule',
  'configuration',
  'registrations',
  'media',
  'door-line',
  'egress-host',
  'egress-rule',
  'model-request',
  'answer-tap',
] as const;

export type TargetName = (typeof TARGET_NAMES)[number];
