import type { ServicePlan } from '../../service/service-plan.ts';

/** What the manager knows of a service. Times and counts are as the manager gives them, absent when it does not. */
export type ServiceState =
  | { readonly status: 'running'; readonly pid: number; readonly restarts?: number }
  /** Also while it waits for its next start; then with the code of the last end. */
  | { readonly status: 'starting'; readonly exitCode?: number; readonly restarts?: number }
  /** It was stopped, or ended well. */
  | { readonly status: 'stopped'; readonly exitCode?: number }
  /** It ended badly and is not started again. */
  | { readonly status: 'failed'; readonly exitCode?: number }
  /** The manager does not know it. */
  | { readonly status: 'unknown' };

/** Whether it runs or is about to. */
export function isUp({ status }: ServiceState): boolean {
  return status === 'running' || status === 'starting';
}

export interface LogRequest {
  readonly lines: number;
  readonly follow: boolean;
  readonly json: boolean;
}

/**
 * What starts the host at login and after a failure: systemd's manager of the user, or launchd. Every operation
 * rejects with a CliError that says what to do when the manager cannot be reached or refuses.
 */
export interface ServiceManager {
  readonly kind: 'systemd' | 'launchd';
  definitionPath(name: string): string;
  makeDefinition(plan: ServicePlan): Promise<string>;
  /** Whether a definition was written for the installation in `home`. */
  isDefinitionOf(definition: string, home: string): boolean;
  state(name: string): Promise<ServiceState>;
  /** Reads the definition that is on disk, and starts the service at every login. */
  enable(name: string): Promise<void>;
  /** Starts it, anew if it runs. Does not wait until it serves. */
  restart(name: string): Promise<void>;
  /** Stops it, if it runs, and starts it at no login any more. The definition is still on disk. */
  disable(name: string): Promise<void>;
  /** After the definition was removed. */
  forget(name: string): Promise<void>;
  /** What a person should know about when it runs; undefined when it runs whenever the machine does. */
  presenceHint(): Promise<string | undefined>;
  /** The program that prints what the service has written. */
  logProgram(name: string, request: LogRequest): readonly [string, ...string[]];
}
