import type { ToolEndpoint } from '../../mcp/tool-endpoint.ts';
import type { ProviderOutcome } from '../../outcome.ts';
import { composePrompt, describeRules } from '../../prelude/prompt.ts';
import type { Provider, ProviderSurroundings, RunContext } from '../../provider.ts';
import { runProcess } from '../../run-process.ts';
import { codexArguments } from './arguments.ts';
import { findCredential } from './auth.ts';
import { type CodexInstallation, findCodex } from './binary.ts';
import { bootstrapConfig } from './config-file.ts';
import { codexEnvironment, TOOLS_TOKEN_VARIABLE } from './environment.ts';
import { prepareCodexHome } from './home.ts';
import { leadServersOutside } from './server-environment.ts';
import { CodexTurn } from './turn.ts';

/** What CLI 0.169 uses itself; pinned so that a CLI update does not change it. */
const DEFAULT_MODEL = 'gpt-6.1-sol';

/** Loads Node's HTTP server late, so that the first event of a cold start does not wait for it. */
async function startEndpoint(log: ProviderSurroundings['log']): Promise<ToolEndpoint> {
  const { ToolEndpoint } = await import('../../mcp/tool-endpoint.ts');
  return await ToolEndpoint.start(log);
}

/**
 * Runs `codex exec` once per request, one after the other, with one server for the tools of all of them.
 * `installation` is given by tests that need a CLI that breaks.
 */
export function createCodexProvider(
  surroundings: ProviderSurroundings,
  installation: CodexInstallation = findCodex(),
): Provider {
  const { paths } = surroundings;
  let endpoint: ToolEndpoint | undefined;

  async function run({ request, emitter, signal }: RunContext): Promise<ProviderOutcome> {
    const credential = await findCredential(request, paths.codexHome);
    if (credential.status === 'missing')
      return { type: 'failed', class: 'auth', detail: credential.detail };
    const bootstrap = await bootstrapConfig(paths.codexHome);
    if (bootstrap.status === 'broken')
      return { type: 'failed', class: 'internal', detail: bootstrap.detail };
    const hasSignIn = request.codex?.auth === 'chatgpt' && request.gateway === undefined;
    const config = leadServersOutside(bootstrap.config, surroundings.environment);
    const home = await prepareCodexHome(paths, config, hasSignIn);
    endpoint ??= await startEndpoint(surroundings.log);
    using access = endpoint.open({ group: request.group, ipcFolder: paths.ipc });
    const turn = new CodexTurn(emitter);
    const command = {
      binary: installation.binary,
      args: codexArguments(request, paths, {
        model: request.model ?? DEFAULT_MODEL,
        config: bootstrap.config,
        instructions: describeRules(request, paths),
        tools: { url: access.url, tokenVariable: TOOLS_TOKEN_VARIABLE },
      }),
      env: codexEnvironment(surroundings.environment, installation, request, {
        ...home,
        apiKey: credential.apiKey,
        toolsToken: access.token,
      }),
      cwd: paths.group,
      input: await composePrompt(request, paths),
    };
    const end = await runProcess(command, (line) => turn.readLine(line), signal);
    return turn.finish(end, request.timeZone);
  }

  return {
    defaultModel: DEFAULT_MODEL,
    run,
    keptProcesses: () => [],
    [Symbol.asyncDispose]: async () => await endpoint?.[Symbol.asyncDispose](),
  };
}
