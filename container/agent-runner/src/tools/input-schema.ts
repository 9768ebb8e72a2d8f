import { z } from 'zod';

/** The JSON schema of a tool's input, as the model is told it. */
export function describeInput(shape: z.ZodRawShape): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(z.strictObject(shape));
  return schema;
}
