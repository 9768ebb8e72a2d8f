import { html } from 'hono/html';
import type { Html } from '../html/layout.ts';
import type { GroupForm } from './group-settings.ts';

export interface GroupFormParts {
  readonly folder: string;
  /** What is in it: as it is, or as somebody has sent it. */
  readonly form: GroupForm;
  /** Models that are known. */
  readonly names: readonly string[];
  /** Whether to ask if the models are wanted in spite of doubts. */
  readonly isDoubtful: boolean;
}

const PROVIDERS = [
  ['claude', 'Claude'],
  ['codex', 'Codex'],
  ['responses', 'Responses API'],
] as const;

export function groupForm({ folder, form, names, isDoubtful }: GroupFormParts): Html {
  return html`<section aria-labelledby="settings-title"><h2 id="settings-title">Settings</h2>
<form class="settings" method="post" action="/groups/${folder}">
<label for="provider">Who answers</label>
<select id="provider" name="provider">${PROVIDERS.map(([value, name]) => html`<option value="${value}"${selected(form.provider === value)}>${name}</option>`)}</select>
<label for="model">Model</label>
<input id="model" name="model" list="models" value="${form.model}" placeholder="the default" autocomplete="off" spellcheck="false" aria-describedby="model-help">
<p id="model-help" class="help">As <code>provider/model</code>; empty for the installation's default.</p>
<datalist id="models">${names.map((name) => html`<option value="${name}"></option>`)}</datalist>
<label for="fallbacks">Asked when it cannot answer</label>
<input id="fallbacks" name="fallbacks" value="${form.fallbacks}" autocomplete="off" spellcheck="false" aria-describedby="fallbacks-help">
<p id="fallbacks-help" class="help">Models with commas between them, in this order.</p>
${check('fallbackToClaude', 'Let Claude answer when no model of OpenAI can', form.fallbackToClaude)}
${check('receipts', 'Show with reactions what becomes of a question', form.receipts)}
${isDoubtful ? check('confirmed', 'Choose these models all the same', form.confirmed) : ''}
<button type="submit" id="save">Save</button>
</form></section>`;
}

function check(name: string, label: string, value: 'on' | undefined): Html {
  return html`<label class="check"><input type="checkbox" name="${name}"${value === 'on' ? html` checked` : ''}> ${label}</label>`;
}

function selected(isSelected: boolean): Html {
  return isSelected ? html` selected` : html``;
}
