import type { AskApp } from '../../app/ask.ts';
import { type AskTarget, routesOfAgent } from '../../core/ask/target.ts';
import type { RoutePlan } from '../../core/models/routes.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { say } from './progress.ts';

/** The models to ask, with what is to be said about them told. Throws when none is left. */
export async function planTurn(
  context: CliContext,
  app: AskApp,
  target: AskTarget,
): Promise<RoutePlan> {
  const { createPlanRoutes } = await import('../../app/models.ts');
  const plan = routesOfAgent(createPlanRoutes(app.base)(target.group), target);
  for (const note of [target.note, ...plan.problems, ...plan.notes]) if (note) say(context, note);
  if (plan.routes.length === 0) {
    throw new CliError(EXIT.usage, 'No model is left to ask; name one with --model.');
  }
  return { ...plan, problems: [] };
}
