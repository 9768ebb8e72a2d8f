import type { RunRequest } from '@deckhand/protocol';
import { minimalEnvironment } from '../../environment.ts';
import { findToolServer } from '../../mcp/program.ts';
import type { ProviderOutcome } from '../../outcome.ts';
import type { Provider, ProviderSurroundings, RunContext } from '../../provider.ts';
import { runProcess } from '../../run-process.ts';
import { codexArguments } from './arguments.ts';
import { findCredential } from './auth.ts';
import { type CodexInstallation, findCodex } from './binary.ts';
import { bootstrapConfig } from './config-file.ts';
import { composePrompt, describeRules } from './prompt.ts';
import { CodexTurn } from './turn.ts';

/** What CLI 0.169 uses itself; pinned so that a CLI update does not change it. */
const DEFAULT_MODEL = 'gpt-6.1-sol';

function codexEnvironment(
  { environment, paths }: ProviderSurroundings,
  { toolsPath }: CodexInstallation,
  request: RunRequest,
  apiKey: string | undefined,
): Record<string, string> {
  const base = minimalEnvironment(environment, {
    HOME: paths.home,
    CODEX_HOME: paths.codexHome,
    TZ: request.timeZone,
    ...(apiKey !== undefined && { CODEX_API_KEY: apiKey }),
  });
  return { ...base, PATH: `${toolsPath}:${base['PATH']}` };
}

/** Lets the MCP server start from the compiled code that the image holds. */
function compileCache({ environment }: ProviderSurroundings): Record<string, string> {
  const folder = environment['NODE_COMPILE_CACHE'];
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };
}

/** Runs `codex exec` once per request. `installation` is given by tests that need a CLI that breaks. */
export function createCodexProvider(
  surroundings: ProviderSurroundings,
  installation: CodexInstallation = findCodex(),
): Provider {
  const { paths } = surroundings;

  async function run({ request, emitter, signal }: RunContext): Promise<ProviderOutcome> {
    const credential = await findCredential(request, paths.codexHome);
    if (credential.status === 'missing')
      return { type: 'failed', class: 'auth', detail: credential.detail };
    const bootstrap = await bootstrapConfig(paths.codexHome);
    if (bootstrap.status === 'broken')
      return { type: 'failed', class: 'internal', detail: bootstrap.detail };
    const turn = new CodexTurn(emitter);
    const command = {
      binary: installation.binary,
      args: codexArguments(request, paths, {
        model: request.model ?? DEFAULT_MODEL,
        config: bootstrap.config,
        instructions: describeRules(request, paths),
        tools: {
          program: findToolServer(),
          context: { group: request.group, ipcFolder: paths.ipc },
          env: compileCache(surroundings),
        },
      }),
      env: codexEnvironment(surroundings, installation, request, credential.apiKey),
      cwd: paths.group,
      input: await composePrompt(request, paths),
    };
    const end = await runProcess(command, (line) => turn.readLine(line), signal);
    return turn.finish(end, request.timeZone);
  }

  return { defaultModel: DEFAULT_MODEL, run, [Symbol.asyncDispose]: async () => undefined };
}
