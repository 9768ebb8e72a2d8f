import { expect, test } from 'vitest';
import { classOfApiError } from './api-failure.ts';

test.each<[string, string]>([
  ["The 'gpt-5.3-codex' model is not supported when using Codex with a ChatGPT account.", 'model'],
  ['The model `gpt-5.2` does not exist or you do not have access to it.', 'model'],
  ["The requested model 'gpt-5.2-codex' is not supported.", 'model'],
  ["Invalid value: 'The model `gpt-5.2` does not exist'. Try another one.", 'refused'],
])(
  'what an error quotes of the request does not make it an error of the model: %s',
  (message, expected) => {
    expect(classOfApiError({ status: 400, message })).toBe(expected);
  },
);
