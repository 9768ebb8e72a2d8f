/**
 * model_defaults.agents:  which groups the default is for: `claude`, or `openai` for codex and responses groups
 * model_cooldowns:        models that are not asked until then, with the class of failure that said so
 * model_observations:     what a run has shown of a model, `working` or `unsupported`; the newest counts
 *
 * runs.model:        full name of the model of the attempt, null before the first and in runs of earlier versions
 * runs.tries:        attempts on that model, the current one included
 * runs.passed_json:  models that this run has given up, oldest first: [{"name","class","retryAt"?}]
 */
export const migration = {
  version: 7,
  name: 'models',
  sql: `
    create table model_defaults (
      agents text primary key check (agents in ('claude', 'openai')),
      setting_json text not null,
      chosen_by text not null check (chosen_by in ('person', 'sign-in')),
      updated_at integer not null
    ) strict;

    create table model_cooldowns (
      name text primary key,
      class text not null,
      until integer not null,
      updated_at integer not null
    ) strict, without rowid;

    create table model_observations (
      name text primary key,
      status text not null check (status in ('working', 'unsupported')),
      detail text,
      observed_at integer not null
    ) strict, without rowid;

    alter table runs add column model text;
    alter table runs add column tries integer not null default 1;
    alter table runs add column passed_json text not null default '[]';
  `,
} as const;
