import type { Json } from 'computo-js';
import { laneLabel } from '../../ai/route/index.js';
import { useProvider } from '../../config/index.js';
import { isAiStage } from '../../pipeline/index.js';
import type { KnownNames } from '../../server/index.js';
import type { ServePlan } from '../serve-plan.js';

/** The names in the config, which may therefore be used as metric labels. */
export function knownNames({ config, pipelines }: ServePlan): KnownNames {
  const specs = pipelines.map(({ spec }) => spec);
  const stages = specs.flatMap((spec) => spec.stages).filter(isAiStage);
  const providers = new Set(stages.flatMap((stage) => stage.providers));
  return {
    pipelines: new Map(specs.map((spec) => [spec.name, new Set(spec.stages.map(({ name }) => name))])),
    providers: new Set(
      [...providers].flatMap((name) =>
        Array.from({ length: useProvider(config, name, true).lanes }, (_, index) => laneLabel(name, index)),
      ),
    ),
    models: new Set([
      ...[...providers].flatMap(
        (name) => useProvider(config, name).models?.flatMap((model) => [model.name, model.as ?? []].flat()) ?? [],
      ),
      ...stages.flatMap(({ model }) => model ?? []),
      // A request names its model in its script or template, as one word among others.
      ...stages.flatMap(({ request }) => [...wordsIn('template' in request ? request.template : request.script)]),
    ]),
  };
}

/** Every text in a script. Uses a list of its own, because a script may be nested deeper than the call stack allows. */
function wordsIn(script: Json): Set<string> {
  const words = new Set<string>();
  const left: Json[] = [script];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if (typeof part === 'string') words.add(part);
    else if (typeof part === 'object' && part !== null)
      for (const inner of Object.values(part) as Json[]) left.push(inner);
  }
  return words;
}
