import { echo } from './echo.ts';
import type { ModelRequest } from './model-request.ts';
import type { ModelAnswer, ModelRule, ModelScript, ModelStep } from './model-script.ts';

/** Answers requests from a script; remembers which rule plays which turn. */
export class ScriptPlayer {
  readonly #script: ModelScript;
  readonly #uses = new Map<ModelRule, number>();
  readonly #ruleOfTurn = new Map<string, ModelRule>();

  constructor(script: ModelScript) {
    this.#script = script;
  }

  /** Waits at the gates of the round, then says what to do. Rejects when the signal aborts. */
  async answer(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
    const steps = await this.#stepsFor(request);
    let round = 0;
    for (const step of steps) {
      if (step.type === 'wait') {
        if (round === request.toolResults.length) await step.gate.pass(signal);
      } else if (round++ === request.toolResults.length) return step;
    }
    return { type: 'reply', text: 'Done.' };
  }

  async #stepsFor(request: ModelRequest): Promise<readonly ModelStep[]> {
    if (typeof this.#script === 'function') return await this.#script(request);
    return this.#ruleFor(request, this.#script)?.steps ?? echo(request);
  }

  #ruleFor(request: ModelRequest, rules: readonly ModelRule[]): ModelRule | undefined {
    const turn = `${request.api} ${request.prompt}`;
    const playing = this.#ruleOfTurn.get(turn);
    if (request.toolResults.length > 0 && playing) return playing;
    const rule = rules.find(
      (rule) =>
        (this.#uses.get(rule) ?? 0) < (rule.times ?? Infinity) && (rule.when?.(request) ?? true),
    );
    if (!rule) return undefined;
    this.#uses.set(rule, (this.#uses.get(rule) ?? 0) + 1);
    this.#ruleOfTurn.set(turn, rule);
    return rule;
  }
}
