import { z } from 'zod';
import { type AttemptFailure, attemptFailureSchema } from '../core/failure-class.ts';
import type { CoolingModel } from '../core/fallback.ts';
import type { DefaultFor } from '../core/models/built-in.ts';
import type { ChosenDefault, StoredDefaults } from '../core/models/effective-defaults.ts';
import { modelSettingSchema } from '../core/models/model-setting.ts';
import { type Observation, observationStatusSchema } from '../core/models/observation.ts';
import type { Db } from './database.ts';

const chosenBySchema = z.enum(['person', 'sign-in']);

const defaultRowSchema = z.strictObject({ setting_json: z.string(), chosen_by: chosenBySchema });
const coolingRowSchema = z.strictObject({
  name: z.string(),
  class: attemptFailureSchema,
  until: z.number(),
});
const observationRowSchema = z.strictObject({
  name: z.string(),
  status: observationStatusSchema,
  detail: z.string().nullable(),
  observedAt: z.number(),
});

export type ModelStore = ReturnType<typeof createModelStore>;

/** What is stored about models: defaults, cool-downs, and what runs have shown. Names are `provider/model`. */
export function createModelStore(db: Db) {
  return { ...createDefaults(db), ...createCoolDowns(db), ...createObservations(db) };
}

function createDefaults(db: Db) {
  const find = db.prepare<[DefaultFor]>(
    'select setting_json, chosen_by from model_defaults where agents = ?',
  );
  const put = db.prepare(`
    insert into model_defaults (agents, setting_json, chosen_by, updated_at)
    values (:agents, :setting, :chosenBy, :now)
    on conflict do update set setting_json = excluded.setting_json, chosen_by = excluded.chosen_by,
      updated_at = excluded.updated_at`);
  const remove = db.prepare<[DefaultFor]>('delete from model_defaults where agents = ?');
  const findDefault = (agents: DefaultFor): ChosenDefault | undefined => {
    const row = find.get(agents);
    if (row === undefined) return undefined;
    const { setting_json, chosen_by } = defaultRowSchema.parse(row);
    return { setting: modelSettingSchema.parse(JSON.parse(setting_json)), chosenBy: chosen_by };
  };
  return {
    findDefault,
    /** All that are stored, for who plans routes. */
    storedDefaults(): StoredDefaults {
      const [claude, openai] = [findDefault('claude'), findDefault('openai')];
      return { ...(claude && { claude }), ...(openai && { openai }) };
    },
    putDefault(agents: DefaultFor, { setting, chosenBy }: ChosenDefault, now: number): void {
      put.run({ agents, setting: JSON.stringify(setting), chosenBy, now });
    },
    /** False when there was none. */
    removeDefault: (agents: DefaultFor): boolean => remove.run(agents).changes > 0,
  };
}

function createCoolDowns(db: Db) {
  const put = db.prepare(`
    insert into model_cooldowns (name, class, until, updated_at) values (:name, :class, :until, :now)
    on conflict do update set class = excluded.class, until = excluded.until,
      updated_at = excluded.updated_at`);
  const dropExpired = db.prepare<[number]>('delete from model_cooldowns where until <= ?');
  const drop = db.prepare<[string]>('delete from model_cooldowns where name = ?');
  const list = db.prepare<[number]>(
    'select name, class, until from model_cooldowns where until > ? order by until, name',
  );
  return {
    /** The model is not asked before `until`, unix milliseconds. What has expired is dropped. */
    coolDown(name: string, failure: AttemptFailure, until: number, now: number): void {
      dropExpired.run(now);
      put.run({ name, class: failure, until, now });
    },
    /** The models that cool down now, the first to be ready first. Works on a read-only database. */
    listCooling: (now: number): CoolingModel[] => coolingRowSchema.array().parse(list.all(now)),
    endCoolDown: (name: string): void => void drop.run(name),
  };
}

function createObservations(db: Db) {
  const put = db.prepare(`
    insert into model_observations (name, status, detail, observed_at)
    values (:name, :status, :detail, :now)
    on conflict do update set status = excluded.status, detail = excluded.detail,
      observed_at = excluded.observed_at`);
  const list = db.prepare<[]>(
    'select name, status, detail, observed_at as observedAt from model_observations order by name',
  );
  const statusOf = db
    .prepare<[string], string>('select status from model_observations where name = ?')
    .pluck();
  const endDoubt = db.prepare<[string]>(
    "delete from model_cooldowns where name = ? and class = 'model'",
  );
  const drop = db.prepare<[string]>('delete from model_observations where name = ?');
  return {
    /** What a run has shown; the newest counts. `detail` is the provider's own answer, when there is one. */
    observe(name: string, status: Observation['status'], detail: string | null, now: number): void {
      put.run({ name, status, detail, now });
    },
    /** A run was answered, so that the model is supported: writes nothing when that is known already. */
    noteWorking(name: string, now: number): void {
      if (statusOf.get(name) === 'working') return;
      put.run({ name, status: 'working', detail: null, now });
      endDoubt.run(name);
    },
    listObservations: (): Observation[] => observationRowSchema.array().parse(list.all()),
    forgetObservation: (name: string): void => void drop.run(name),
  };
}
