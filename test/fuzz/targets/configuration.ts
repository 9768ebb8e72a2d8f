import { parseEnv } from 'node:util';
import { ConfigError, loadConfig } from '../../../src/config.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';

const SECRETS = ['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN', 'OPENAI_API_KEY'] as const;
/** Shorter ones stand in a sentence by chance. */
const SECRET_CHARS = 12;
/** Where no `.env` lies. */
const NOWHERE = '/deckhand-fuzz-nowhere';

/** The text of a `.env`. */
export const configurationTarget: FuzzTarget = {
  name: 'configuration',
  corpus: [
    'ASSISTANT_NAME=Andy\nTZ=Europe/Berlin\nHISTORY_MESSAGES=40\nRECEIPTS=on\nMENTION_FRESH_MINUTES=30\n',
    '# keys\nANTHROPIC_API_KEY="sk-ant-canary-0123456789"\nexport OPENAI_API_KEY=sk-canary-9876543210 # mine\n',
    "CODEX_MODEL='openai/gpt-6.1-sol'\nCLAUDE_MODEL=anthropic/claude-sonnet-5\nCODEX_REASONING_EFFORT=high\n",
    'OPENAI_BASE_URL=https://example.org/v1\nRESPONSES_TRANSPORT=websocket\nOPENAI_CALLBACK_PORT=1455\n',
    'CONTAINER_MEMORY_MB=2048\nCONTAINER_CPUS=0.5\nCONTAINER_TIMEOUT=1800000\nIDLE_TIMEOUT=0\nLOG_LEVEL=info\n',
    'DECKHAND_RUNTIME=docker\nDOCKER_HOST=unix:///run/x.sock\nWHATSAPP_URL=ws://127.0.0.1:1/ws\nMOUNT_ALLOWLIST=/x\n',
    'RATE_LIMIT_SENDER=30/10m\nRATE_LIMIT_GROUP=off\nCREDENTIALS=auto\nEGRESS=open\n',
    'EGRESS=allowlist\nCREDENTIALS=proxy\nEGRESS_PRIVATE_HOSTS=nas.home:443,192.168.1.2:80\n',
  ],
  tokens: [
    '=',
    '\n',
    '"',
    "'",
    '`',
    '#',
    'export ',
    'TZ=',
    'CONTAINER_CPUS=',
    'MAX_CONCURRENT_CONTAINERS=',
    '-1',
    '1e9',
    'Infinity',
    '0x10',
    ' ',
    '\\n',
    'https://',
    'user:pass@',
    '__proto__=1\n',
    'EGRESS_PRIVATE_HOSTS=',
    '[::1]:80',
    ',',
  ],
  maxBytes: 16_384,
  check(input) {
    const values: Record<string, string | undefined> = { ...parseEnv(input.toString('utf8')) };
    delete values['DECKHAND_HOME'];
    try {
      demandRanges(loadConfig(values, NOWHERE));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const { message } = error;
      const isTold = (secret = '') => secret.length >= SECRET_CHARS && message.includes(secret);
      demand(!SECRETS.some((name) => isTold(values[name]?.trim())), 'the problem tells a secret');
    }
  },
};

function demandRanges(config: ReturnType<typeof loadConfig>): void {
  const { containerTimeoutMs, idleTimeoutMs, maxConcurrentContainers, containerMemoryMb } = config;
  const { historyMessages, mentionFreshMs, containerCpus, assistantName, signIn } = config;
  const whole = [containerTimeoutMs, idleTimeoutMs, maxConcurrentContainers, containerMemoryMb];
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
  demand(
    [...whole, historyMessages, mentionFreshMs].every(isCount),
    'a number that counts nothing',
  );
  demand(containerCpus > 0 && Number.isFinite(containerCpus), 'processors that there are not');
  demand(
    maxConcurrentContainers > 0 && containerTimeoutMs > 0,
    'a limit that lets nothing through',
  );
  demand(/^[^\s@]{1,40}$/.test(assistantName), 'a name that cannot be called');
  demand(signIn.callbackPort >= 1 && signIn.callbackPort <= 65_535, 'a port that there is not');
}
