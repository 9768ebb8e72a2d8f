import { type Command, Option } from 'commander';
import { z } from 'zod';
import { EGRESS_POLICIES } from '../../core/egress.ts';
import { collect } from '../models/set-options.ts';

/** Takes a group's own policy away, so that the installation's holds again. */
export const DEFAULT_POLICY = 'default';

/** As commander gives them. */
export const egressOptionsSchema = z.strictObject({
  egress: z.enum([...EGRESS_POLICIES, DEFAULT_POLICY]).optional(),
  allowHost: z.array(z.string()).optional(),
  disallowHost: z.array(z.string()).optional(),
});
export type EgressOptions = z.infer<typeof egressOptionsSchema>;

/** The options about what the agent may reach beyond its model. */
export function addEgressOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--egress <policy>', 'what the agent may reach beyond its model').choices([
        ...EGRESS_POLICIES,
        DEFAULT_POLICY,
      ]),
    )
    .option(
      '--allow-host <host>',
      'of an allowlist: example.org, *.example.org for its subdomains, each with :port or without; several times',
      collect,
    )
    .option('--disallow-host <host>', 'take a host off that list; several times', collect);
}
