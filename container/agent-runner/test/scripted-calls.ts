import type { ModelStep, OutputItem } from '../../../test/loopback/models/model-script.ts';

/** A call of a tool as the model streams it; a string stands as it is for the arguments. */
export function functionCall(id: string, name: string, input: unknown): OutputItem {
  return {
    type: 'function_call',
    id: `fc_${id}`,
    call_id: id,
    name,
    arguments: typeof input === 'string' ? input : JSON.stringify(input),
  };
}

/** The same in every round. */
export function always(step: ModelStep): ModelStep[] {
  return Array.from({ length: 100 }, () => step);
}
