import { z } from 'zod';

export const observationStatusSchema = z.enum(['working', 'unsupported']);

/** What a run has shown of a model. */
export interface Observation {
  /** `provider/model`. */
  readonly name: string;
  readonly status: z.infer<typeof observationStatusSchema>;
  /** The provider's own answer, when there is one. May hold text from outside, unescaped. */
  readonly detail: string | null;
  /** Unix milliseconds. */
  readonly observedAt: number;
}
