import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import type { Agents } from '../../src/app/agents.ts';
import { type HostConsole, openConsole } from '../../src/app/console.ts';
import { serveWithConsole } from '../../src/app/console-serve.ts';
import { createLogger } from '../../src/logger.ts';
import { hostPaths } from '../../src/paths.ts';
import { projectRoot } from '../docker/engine.ts';
import { BY_NETWORK } from '../fakes/by-network.ts';
import { answer, FakeRunner } from '../fakes/fake-runner.ts';
import type { Group, Phone } from '../loopback/whatsapp/server.ts';
import { requireChromium } from '../sign-in/chromium.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../world/model-reach.ts';

export interface ConsoleWorldOptions {
  readonly isLinked: boolean;
  /** What the group of the world is called. */
  readonly groupName?: string;
  /** What the first page is seen with. */
  readonly view?: Parameters<Browser['newContext']>[0];
}

/**
 * A host with the console between WhatsApp on loopback and a real browser. Agents are played: each says which provider
 * was asked, and with what.
 */
export class ConsoleWorld implements AsyncDisposable {
  readonly world: LoopbackWorld;
  readonly pages: HostConsole;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;
  readonly group: Group;
  readonly member: Phone;
  readonly #runners: Runners;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    parts: Pick<
      ConsoleWorld,
      'world' | 'pages' | 'browser' | 'context' | 'page' | 'group' | 'member'
    > & { readonly runners: Runners },
    stack: AsyncDisposableStack,
  ) {
    this.world = parts.world;
    this.pages = parts.pages;
    this.browser = parts.browser;
    this.context = parts.context;
    this.page = parts.page;
    this.group = parts.group;
    this.member = parts.member;
    this.#runners = parts.runners;
    this.#stack = stack;
  }

  static async start(test: TestContext, options: ConsoleWorldOptions): Promise<ConsoleWorld> {
    await using stack = new AsyncDisposableStack();
    const browser = stack.use(await requireChromium(test));
    const world = stack.use(
      await LoopbackWorld.start({ runtime: 'process', reach: LOOPBACK_REACH, projectRoot }),
    );
    if (options.isLinked) await world.link(test.signal);
    const member = world.whatsapp.addPhone({ name: 'Ana', phoneNumber: '15550000002' });
    const group = world.whatsapp.addGroup({ subject: 'Family', members: [member] });
    register(world, group, options.groupName ?? 'Family');
    const logger = createLogger('silent');
    const runners = new Runners();
    const pages = stack.use(await openConsole(world.config, { port: 0, logger }));
    const stop = new AbortController();
    const overrides = {
      projectRoot,
      logger,
      // A host that ends disposes its runner: each one gets another.
      get agents() {
        return runners.next();
      },
    };
    const serving = serveWithConsole(world.config, overrides, pages, stop.signal);
    stack.defer(async () => {
      stop.abort();
      await serving;
    });
    const context = await browser.newContext(options.view);
    const page = await context.newPage();
    await page.goto(pages.web.address);
    const parts = { world, pages, browser, context, page, group, member, runners };
    return new ConsoleWorld(parts, stack.move());
  }

  /** Of the host that serves now. */
  get runner(): FakeRunner {
    return this.#runners.latest;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.pages.web.port}`;
  }

  /** Asks in the group and gives the assistant's next message there. */
  async ask(text: string, signal: AbortSignal): Promise<string> {
    const before = new Set(this.member.seen.map(({ id }) => id));
    await this.member.sendText(this.group, text);
    const seen = await this.member.waitForMessage(
      (message) => message.fromCompanion && !before.has(message.id),
      signal,
    );
    return seen.text;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

function register(world: LoopbackWorld, group: Group, name: string): void {
  const { registrations } = hostPaths(world.config.home);
  mkdirSync(dirname(registrations), { recursive: true, mode: 0o700 });
  writeFileSync(registrations, JSON.stringify({ [group.jid]: { name, folder: 'family' } }));
}

class Runners {
  latest = new FakeRunner();

  next(): Agents {
    this.latest = new FakeRunner();
    this.latest.respond = ({ request }) => answer(`answered by ${request.provider}`);
    return {
      runner: this.latest,
      ...BY_NETWORK,
      handOver: () => Promise.resolve(),
      prepare: () => Promise.resolve(),
    };
  }
}
