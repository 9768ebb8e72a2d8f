import type Docker from 'dockerode';
import { parseEndpoint } from '../../channels/whatsapp/endpoint.ts';
import type { ServedVersion } from '../../channels/whatsapp/web-version.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { findInstallationId } from '../../db/status-counts.ts';
import type { HostPaths } from '../../paths.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { readDatabase } from '../database.ts';
import { connectEngine } from '../engine-client.ts';
import { type ConfigurationCheck, checkConfiguration } from './configuration.ts';
import { checkDocker } from './docker.ts';
import type { Finding } from './finding.ts';
import { checkImage } from './image.ts';
import type { Machine } from './machine.ts';
import { NO_PINGS, type Pings, pingCredentials } from './ping.ts';
import { checkRegistrationFile, type RegistrationsCheck } from './registrations.ts';

export interface ExamineOptions {
  /** Asks nobody but this machine. */
  readonly isOffline: boolean;
  /** Starts no containers. */
  readonly isQuick: boolean;
}

/** What doctor looks at. What several checks need is asked for once, when the first one wants it. */
export interface Subject {
  readonly context: CliContext;
  readonly machine: Machine;
  readonly options: ExamineOptions;
  readonly paths: HostPaths;
  readonly configuration: ConfigurationCheck;
  readonly timeZone: string;
  readonly registrations: () => Promise<RegistrationsCheck>;
  /** Without findings where agents need no engine. */
  readonly engine: () => Promise<{ findings: readonly Finding[]; docker: Docker | undefined }>;
  /** The engine for what takes longer than an answer. */
  readonly patientEngine: () => Promise<Docker>;
  readonly image: () => Promise<{ findings: readonly Finding[]; isThere: boolean }>;
  readonly pings: () => Promise<Pings>;
  readonly version: () => Promise<{ installed: readonly number[]; served?: ServedVersion }>;
  /** Of everybody who was asked. */
  readonly serverTimes: () => Promise<readonly number[]>;
  /** Undefined before the first start. */
  readonly installationId: () => string | undefined;
}

export function createSubject(
  context: CliContext,
  machine: Machine,
  options: ExamineOptions,
): Subject {
  const paths = installationPaths(context);
  const configuration = checkConfiguration(context);
  const { config } = configuration;
  const registrations = once(() => checkRegistrationFile(paths));
  const engine = once(async () => {
    if (config?.runtime === 'process') return { findings: [], docker: undefined };
    const { finding, docker } = await checkDocker(context, machine.platform);
    return { findings: [finding], docker };
  });
  const pings = once(async () => {
    if (options.isOffline || config === undefined) return NO_PINGS;
    return pingCredentials(context, (await registrations()).groups, context.signal);
  });
  const version = once(() => readVersion(context, configuration, options));
  return {
    context,
    machine,
    options,
    paths,
    configuration,
    registrations,
    engine,
    pings,
    version,
    timeZone: config?.timeZone ?? machine.timeZone,
    patientEngine: () => connectPatiently(context),
    image: once(() => lookAtImage(context, configuration, engine)),
    async serverTimes() {
      const [pinged, asked] = await Promise.allSettled([pings(), version()]);
      // One that failed has a finding of its own.
      const ofModels = pinged.status === 'fulfilled' ? pinged.value.serverTimes : [];
      const ofWhatsApp = asked.status === 'fulfilled' ? asked.value.served?.serverTime : undefined;
      return ofWhatsApp === undefined ? ofModels : [...ofModels, ofWhatsApp];
    },
    installationId: () => readInstallationId(paths),
  };
}

async function lookAtImage(
  context: CliContext,
  { config }: ConfigurationCheck,
  engine: Subject['engine'],
): Promise<{ findings: readonly Finding[]; isThere: boolean }> {
  const { docker } = await engine();
  if (docker === undefined || config === undefined) return { findings: [], isThere: false };
  const { projectRoot } = context;
  const { finding, isThere } = await checkImage({
    docker,
    connect: () => connectPatiently(context),
    config,
    projectRoot,
    onProgress: (line) => context.stderr(`${terminalText(line)}\n`),
  });
  return { findings: [finding], isThere };
}

async function connectPatiently(context: CliContext): Promise<Docker> {
  const docker = await connectEngine(context);
  // Containers start and images are built in their own time; each has a signal that ends it.
  Object.assign(docker.modem, { timeout: undefined });
  return docker;
}

/** Loads Baileys late, as every command does; see linked-account.ts. */
async function readVersion(
  context: CliContext,
  { config, isEndpointSafe }: ConfigurationCheck,
  { isOffline }: ExamineOptions,
): Promise<{ installed: readonly number[]; served?: ServedVersion }> {
  const { DEFAULT_CONNECTION_CONFIG } = await import('@whiskeysockets/baileys');
  const installed = DEFAULT_CONNECTION_CONFIG.version;
  if (isOffline || config === undefined || !isEndpointSafe) return { installed };
  const { fetchServedVersion } = await import('../../channels/whatsapp/web-version.ts');
  const endpoint = parseEndpoint(config.whatsappUrl);
  return { installed, served: await fetchServedVersion(endpoint, context.signal) };
}

function readInstallationId({ database }: HostPaths): string | undefined {
  try {
    return readDatabase(database, findInstallationId);
  } catch (error) {
    // A database that cannot be read has a finding of its own.
    if (error instanceof CliError) return undefined;
    throw error;
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
