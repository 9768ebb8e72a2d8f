import { expect, test } from 'vitest';
import { failWith, type ModelStep, say } from '../loopback/models/model-script.ts';
import { ChatWorld } from './chat-world.ts';

const CHAIN = { primary: 'openai/gpt-5.5', fallbacks: ['openai/gpt-4o-mini'] };

/** What the API says in each class of failure that another model may help against. */
const FAILURES: Readonly<Record<string, ModelStep>> = {
  'is not supported': failWith(400, {
    error: {
      message: "The requested model 'gpt-5.5' does not exist.",
      type: 'invalid_request_error',
      code: 'model_not_found',
    },
  }),
  'has no quota left': failWith(429, {
    error: {
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    },
  }),
};

function askedModels(chat: ChatWorld): (string | undefined)[] {
  return chat.world.models.requests.flatMap(({ model }) => (model ? [model.model] : []));
}

test.for(['codex', 'responses'] as const)(
  'a %s group is answered by its next model when the first one fails, and asks that one no more',
  async (provider, context) => {
    for (const [what, failure] of Object.entries(FAILURES)) {
      await using chat = await ChatWorld.start(context, {
        script: [
          { when: ({ model }) => model === 'gpt-5.5', steps: [failure] },
          { steps: [say('from the second')] },
        ],
        registration: { provider, model: CHAIN },
      });
      const first = await chat.ask('@Assistant hi');
      const before = askedModels(chat).length;
      const second = await chat.ask('@Assistant again');
      expect({
        what,
        answers: [first.text, second.text],
        askedSecondly: askedModels(chat).slice(before),
        seen: chat.member.seen.length,
      }).toEqual({
        what,
        answers: ['from the second', 'from the second'],
        askedSecondly: ['gpt-4o-mini'],
        seen: 2,
      });
    }
  },
);

test('a codex group that allows it is answered by Claude when no model of OpenAI can', async (context) => {
  await using chat = await ChatWorld.start(context, {
    script: [
      { when: ({ api }) => api === 'openai', steps: [FAILURES['has no quota left'] ?? say('')] },
      { steps: [say('Claude here')] },
    ],
    registration: { provider: 'codex', model: CHAIN, fallbackToClaude: true },
  });
  expect((await chat.ask('@Assistant hi')).text).toBe('Claude here');
});

test('a request that the model refuses is not put to another one', async (context) => {
  await using chat = await ChatWorld.start(context, {
    script: [
      {
        when: ({ model }) => model === 'gpt-5.5',
        steps: [
          failWith(400, {
            error: {
              message: 'Invalid prompt: we have limited access to this content for safety reasons.',
              type: 'invalid_request_error',
              code: 'invalid_prompt',
            },
          }),
        ],
      },
      { steps: [say('from the second')] },
    ],
    registration: { provider: 'codex', model: CHAIN },
  });
  expect((await chat.ask('@Assistant hi')).text).toContain('refused this request');
  expect(new Set(askedModels(chat))).toEqual(new Set(['gpt-5.5']));
});

test('when every model is at its limit the chat is told in one sentence when to ask again', async (context) => {
  const resetsAt = Math.floor(Date.now() / 60_000) * 60 + 7_200;
  const limit = failWith(429, {
    error: {
      type: 'usage_limit_reached',
      message: 'limit',
      plan_type: 'plus',
      resets_at: resetsAt,
    },
  });
  await using chat = await ChatWorld.start(context, {
    script: [{ steps: [limit] }],
    registration: { provider: 'responses', model: CHAIN },
  });
  const when = new Date(resetsAt * 1000).toISOString().slice(0, 16).replace('T', ' ');
  expect((await chat.ask('@Assistant hi')).text).toBe(
    `I could not answer because the usage limit of the model is reached until ${when}; please ask me again then.`,
  );
});
