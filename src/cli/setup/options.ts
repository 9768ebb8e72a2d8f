import { type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { STEP_NAMES, type StepName } from './step.ts';

export const PROVIDERS = ['claude', 'codex', 'responses'] as const;
export type SetupProvider = (typeof PROVIDERS)[number];

const stepNameSchema = z.enum(STEP_NAMES);

/** As commander gives them. */
export const setupOptionsSchema = z.strictObject({
  yes: z.boolean().default(false),
  provider: z.enum(PROVIDERS).optional(),
  apiKeyStdin: z.boolean().default(false),
  browser: z.boolean().default(false),
  device: z.boolean().default(false),
  /** True without a path. */
  import: z.union([z.string(), z.literal(true)]).optional(),
  qr: z.boolean().default(false),
  phone: z.string().optional(),
  main: z.string().optional(),
  group: z.string().optional(),
  /** False with --no-service. */
  service: z.boolean().default(true),
  skip: z.array(stepNameSchema).default([]),
  forceStep: stepNameSchema.optional(),
  json: z.boolean().default(false),
});
export type SetupOptions = z.infer<typeof setupOptionsSchema>;

export function addSetupOptions(command: Command): Command {
  const signIns = ['apiKeyStdin', 'browser', 'device', 'import'];
  const signIn = (flags: string, name: string, description: string) =>
    new Option(flags, description).conflicts(signIns.filter((other) => other !== name));
  return command
    .option('--yes', 'take the suggested answer of every question that has one')
    .addOption(new Option('--provider <provider>', 'who answers').choices(PROVIDERS))
    .addOption(
      signIn('--api-key-stdin', 'apiKeyStdin', 'read its key or token from standard input'),
    )
    .addOption(signIn('--browser', 'browser', 'sign in with ChatGPT in a browser on this machine'))
    .addOption(signIn('--device', 'device', 'sign in with ChatGPT by a code, in any browser'))
    .addOption(
      signIn(
        '--import [path]',
        'import',
        'take over a sign-in of `codex login` (~/.codex/auth.json)',
      ),
    )
    .addOption(new Option('--qr', 'link WhatsApp by QR code').conflicts('phone'))
    .option('--phone <number>', 'link WhatsApp by a pairing code for this number')
    .option('--main <chat>', 'the main chat: `self`, a name or a JID')
    .option('--group <chat>', 'the first group: a name or a JID')
    .option('--no-service', 'do not install the service')
    .addOption(
      new Option('--skip <step>', 'leave a step out; several times').argParser(collectSteps),
    )
    .option('--force-step <step>', 'do a step again that is done', readStep)
    .option('--json', 'ask nothing and print one JSON object a line');
}

function collectSteps(text: string, before: readonly StepName[] = []): StepName[] {
  return [...before, readStep(text)];
}

function readStep(text: string): StepName {
  const step = STEP_NAMES.find((name) => name === text);
  if (step !== undefined) return step;
  throw new InvalidArgumentError(`The steps are ${STEP_NAMES.join(', ')}.`);
}
