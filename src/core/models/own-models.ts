import { builtInModels } from './built-in.ts';
import { modelsOf } from './model-setting.ts';
import { planRoutes, type RouteInput } from './routes.ts';

/**
 * The full names by which a group asks the models of its own setting: a pinned credential asks some by another
 * name, and leaves others out. Empty without a setting.
 */
export function modelsAskedBy(group: RouteInput['group']): readonly string[] {
  const chosen = group.model === undefined ? [] : modelsOf(group.model);
  const { routes } = planRoutes({ group, defaults: {}, builtIn: builtInModels({}) });
  // Claude as the last resort comes from the defaults.
  const own = routes.filter(
    ({ ref, name }) => ref.provider !== 'anthropic' || chosen.includes(name),
  );
  return chosen.length === 0 ? [] : own.map(({ name }) => name);
}
