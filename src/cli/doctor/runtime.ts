import { basename } from 'node:path';
import { z } from 'zod';
import { type Finding, ok, problem, warning } from './finding.ts';

/** Of the engine's answer to `/info`; a runtime that is a shim of containerd has no path or arguments there. */
const infoSchema = z.object({
  Runtimes: z
    .record(
      z.string(),
      z.object({ path: z.string().optional(), runtimeArgs: z.array(z.string()).nullish() }),
    )
    .nullish(),
  SecurityOptions: z.array(z.string()).nullish(),
});
type Info = z.infer<typeof infoSchema>;

/** Arguments with which gVisor lets a container connect to a socket of the host (gvisor.dev, `--host-uds`). */
const OPEN_SOCKETS = /^--?host-uds=(?:open|all)$/;

/**
 * Whether the engine has the runtime that is configured, lets its containers through the door, and filters what they
 * ask of the kernel. `runtime` is undefined for the engine's default.
 */
export function checkRuntime(answer: unknown, runtime: string | undefined): Finding[] {
  const info = infoSchema.parse(answer);
  const found = [...judgeRuntime(info, runtime), ...judgeFilter(info)];
  if (found.length > 0) return found;
  return [ok('runtime', runtime === undefined ? "the engine's default" : `${runtime} is set up`)];
}

function judgeRuntime({ Runtimes }: Info, runtime: string | undefined): Finding[] {
  if (runtime === undefined || Runtimes === undefined || Runtimes === null) return [];
  const known = Runtimes[runtime];
  if (known === undefined) {
    const detail = `the engine knows no runtime ${runtime} (CONTAINER_RUNTIME), so no container starts`;
    const mend = `Set it up in the engine's daemon.json and start the engine again, or take CONTAINER_RUNTIME out of .env. For gVisor:\n$ sudo runsc install -- --host-uds=open`;
    return [problem('runtime.unknown', detail, mend)];
  }
  const isGvisor = basename(known.path ?? '').startsWith('runsc');
  if (!isGvisor || known.runtimeArgs?.some((argument) => OPEN_SOCKETS.test(argument))) return [];
  const detail = `${runtime} lets no container connect to the host, so agents do not reach their model`;
  const mend =
    'Let it open sockets of the host, then start the engine again:\n$ sudo runsc install -- --host-uds=open';
  return [problem('runtime.closed', detail, mend)];
}

function judgeFilter({ SecurityOptions }: Info): Finding[] {
  if (SecurityOptions === undefined || SecurityOptions === null) return [];
  const filter = SecurityOptions.find((option) => /(?:^|=)seccomp(?:,|$)/.test(option));
  if (filter !== undefined && !filter.includes('profile=unconfined')) return [];
  const detail = 'the engine does not filter what containers ask of the kernel (seccomp)';
  const mend = "Take seccomp-profile out of the engine's daemon.json, and start the engine again.";
  return [warning('runtime.unfiltered', detail, mend)];
}
