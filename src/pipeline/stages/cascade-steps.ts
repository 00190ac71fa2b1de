import { ANY_SHAPE, type Json, type Shape } from 'computo-js';
import {
  ANY_ITEM,
  type KeyPath,
  type SchemaVocabulary,
  type SettingProblem,
  type StageMaker,
} from '../../config/kinds/index.js';
import type { SourceNode } from '../../config/source/index.js';
import type { AiStagePlan, CascadeStep } from '../ai/ai-calls.js';
import { EventFailure } from '../failure.js';
import { textOf } from '../text-of.js';
import { scriptMeaning } from './kind.js';
import { compileScript, type ScriptContext } from './script.js';

/** In the worst case each step is one more call; a longer cascade saves nothing. */
const STEPS_MAX = 8;

/** The settings of models that an AI stage asks one after the other. */
export const cascading = (f: SchemaVocabulary) => ({
  cascade: f
    .list(
      'steps',
      f.section({
        model: f.text('a model name').describe('Who is asked at this step.'),
        accept: f
          .script()
          .optional()
          .describe(
            'Whether its answer is taken: a script that gives true or false, with the answer as $input and the event as $inputs/1. The last step has none.',
          ),
      }),
    )
    .min(2, { error: 'expected at least two steps: with one, write model' })
    .max(STEPS_MAX, { error: `expected at most ${STEPS_MAX} steps` })
    .optional()
    .describe(
      'In place of a model: cheap models first, and the next one where accept says no or the answer does not satisfy the schema.',
    ),
});

type StepSettings = Exclude<
  ReturnType<ReturnType<typeof cascading>['cascade']['unwrap']>['_output'],
  undefined
>[number];

/** The places of the scripts that judge answers. */
export const ACCEPT_SCRIPTS: KeyPath = ['ai', 'cascade', ANY_ITEM, 'accept'];

function isAccept(place: KeyPath): boolean {
  return (
    place.length === ACCEPT_SCRIPTS.length && ACCEPT_SCRIPTS.every((key, i) => key === ANY_ITEM || key === place[i])
  );
}

/** Returns the shape of the input of a script that judges answers, which is any answer that a model may give. */
export function inputOfAccept(place: KeyPath): Shape | undefined {
  return isAccept(place) ? ANY_SHAPE : undefined;
}

/** Finds a script that judges answers but never returns true or false. */
export function noVerdict(
  made: readonly Shape[],
  places: readonly KeyPath[],
): { readonly script: number; readonly must: string } | undefined {
  const script = places.findIndex((place, i) => {
    const shape = made[i];
    if (!isAccept(place) || shape === undefined || shape.any) return false;
    const isSomething = shape.object !== undefined || shape.array !== undefined || shape.scalars.size > 0;
    return isSomething && !shape.scalars.has('boolean');
  });
  return script === -1 ? undefined : { script, must: 'accept must give true or false' };
}

/** Undefined if a script could not be read, which has been reported. */
export async function planCascade(steps: readonly StepSettings[], make: StageMaker): Promise<readonly CascadeStep[]> {
  return await Promise.all(
    steps.map(async ({ model, accept }, i): Promise<CascadeStep> => {
      const script = accept === undefined ? undefined : await make.script(['ai', 'cascade', String(i), 'accept']);
      return { model, ...(script && { accept: script }) };
    }),
  );
}

export function meaningOfCascade(steps: readonly CascadeStep[]): unknown {
  return steps.map(({ model, accept }) => [model, accept && scriptMeaning(accept)]);
}

/**
 * Compiles the scripts that judge the answers of a stage's steps. A step without a script accepts any answer.
 *
 * @throws ComputoError if a script can't be compiled
 */
export function compileAccepts(
  { name, cascade = [] }: AiStagePlan,
  context: ScriptContext,
): (step: AiStagePlan, answer: Json, inputs: Json) => boolean {
  const scripts = cascade.map(({ accept }) => accept && compileScript(accept, name, context));
  return ({ step = 1 }, answer, inputs) => {
    const script = scripts[step - 1];
    if (script === undefined) return true;
    const verdict = script.run(answer, inputs);
    if (typeof verdict === 'boolean') return verdict;
    throw new EventFailure('invalid_argument', `it must give true or false, and gives ${shown(verdict, name)}`, name);
  };
}

const SHOWN_MAX = 60;

function shown(value: Json, stage: string): string {
  const text = textOf(value, stage);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

/** Returns the contradictions within a cascade and with the settings beside it. @param stage as written */
export function cascadeProblems(stage: SourceNode): readonly SettingProblem[] {
  const settings = stage.entries?.get('ai')?.node.entries;
  const cascade = settings?.get('cascade')?.node;
  if (settings === undefined || cascade === undefined) return [];
  const at = (...below: readonly string[]): KeyPath => ['ai', 'cascade', ...below];
  const steps = cascade.items ?? [];
  const found: SettingProblem[] = [];
  if (settings.has('model')) {
    const message = 'model and cascade exclude one another: the steps of a cascade are its models';
    found.push({ path: ['ai', 'model'], message });
  }
  if (settings.get('request')?.node.entries?.has('model') === true) {
    const message = 'the request names a model, and the steps of the cascade are its models: leave it out';
    found.push({ path: ['ai', 'request', 'model'], message });
  }
  const models = steps.map(({ entries }) => entries?.get('model')?.node.value);
  for (const [i, model] of models.entries()) {
    if (typeof model !== 'string' || models.indexOf(model) === i) continue;
    const message = `${model} has answered before: every step asks another model`;
    found.push({ path: at(String(i), 'model'), message });
  }
  const leadsOn = settings.has('schema') || (settings.get('fallback_on')?.node.items ?? []).length > 0;
  for (const [i, { entries }] of steps.entries()) {
    const isLast = i === steps.length - 1;
    const accepts = entries?.has('accept') === true;
    if (isLast && accepts && i > 0) {
      const message = 'nobody is asked behind the last step, whose answer is always taken: leave accept out';
      found.push({ path: at(String(i), 'accept'), message });
    } else if (!isLast && !accepts && !leadsOn) {
      const message = 'the next step is never asked: this one needs accept, or the stage a schema';
      found.push({ path: at(String(i)), message });
    }
  }
  return found;
}
