import { z } from 'zod';
import { type RegisteredGroup, registeredGroupSchema } from '../../core/group.ts';
import type { Jid } from '../../core/message.ts';
import { readPerson } from '../../core/person.ts';
import { isTimeZone } from '../../core/schedule/local-time.ts';
import { DATE_ORDERS } from '../../simulate/date-order.ts';
import { plainName } from '../../simulate/parse-export.ts';
import type { SimulationSettings } from '../../simulate/simulate.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { findGroup, loadGroups } from '../groups/registry.ts';

export const simulateOptionsSchema = z.strictObject({
  group: z.string().optional(),
  trigger: z.string().optional(),
  main: z.boolean().optional(),
  name: z.string().optional(),
  answersBy: z.string().optional(),
  person: z.array(z.string()).default([]),
  runSeconds: z.string().default('30'),
  dateOrder: z.enum(DATE_ORDERS).optional(),
  timeZone: z.string().optional(),
  all: z.boolean().optional(),
  prompts: z.string().optional(),
  json: z.boolean().optional(),
});
export type SimulateOptions = z.infer<typeof simulateOptionsSchema>;

/** Everything but the order of dates, which the file tells. */
export async function readSettings(
  context: CliContext,
  options: SimulateOptions,
): Promise<Omit<SimulationSettings, 'order'>> {
  const config = context.loadConfig();
  const group = await chooseGroup(context, options);
  const timeZone = options.timeZone ?? group.timeZone ?? config.timeZone;
  if (!isTimeZone(timeZone)) {
    throw usage(`--time-zone: "${timeZone}" is not an IANA time zone such as Europe/Berlin.`);
  }
  return {
    group,
    timeZone,
    assistantName: config.assistantName,
    historyMessages: config.historyMessages,
    runMs: readSeconds(options.runSeconds) * 1000,
    ownName: options.name === undefined ? undefined : plainName(options.name),
    answersBy: options.answersBy === undefined ? undefined : plainName(options.answersBy),
    people: new Map(options.person.map(readNamedPerson)),
  };
}

async function chooseGroup(
  context: CliContext,
  { group, trigger, main }: SimulateOptions,
): Promise<RegisteredGroup> {
  const base =
    group === undefined
      ? { jid: '120363000000000000@g.us', name: 'Simulated group', folder: 'simulated' }
      : findGroup(await loadGroups(context), group);
  const fields = {
    ...(trigger === undefined ? {} : { trigger }),
    ...(main === undefined ? {} : { isMain: main }),
  };
  const parsed = registeredGroupSchema.safeParse({ ...base, ...fields });
  if (parsed.success) return parsed.data;
  throw usage(`--trigger ${parsed.error.issues[0]?.message ?? 'cannot be used'}.`);
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= 86_400) return seconds;
  throw usage('--run-seconds must be a number from 0 to 86400.');
}

/** `Ana=+49 151 12345678` */
function readNamedPerson(text: string): [string, Jid] {
  const [, name = '', number = ''] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  const jid = readPerson(number);
  if (name.trim() !== '' && jid !== undefined) return [plainName(name), jid];
  throw usage(`--person: write "${text}" as "Ana=+49 151 12345678".`);
}

function usage(reason: string): CliError {
  return new CliError(EXIT.usage, reason);
}
