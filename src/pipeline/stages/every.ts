import type { SchemaVocabulary } from '../../config/kinds/index.js';
import type { StagePlan } from '../../config/index.js';
import type { AcrossParts, AcrossStage } from '../across/across-stage.js';
import { AS_JSON } from '../across/state-table.js';
import type { AcrossKind } from './kind.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    every: f.integer(1).describe('Every Nth event passes: with 10, the 10th, the 20th, …'),
    name: f.stageName(),
  });

type Settings = ReturnType<typeof schema>['_output'];

interface EveryPlan extends StagePlan {
  readonly every: number;
}

/** Passes every nth event. */
export const every: AcrossKind<Settings, EveryPlan> = {
  kind: 'every',
  schema,
  scripts: [],
  across: 'state',
  plan: ({ every: each, name }, make) =>
    Promise.resolve({ kind: 'every', name: name ?? `every-${make.place}`, every: each }),
  shape: (data) => data,
  meaning: ({ every: each }) => [each],
  compile({ name, every: each }: EveryPlan, { state }: AcrossParts): AcrossStage {
    const seen = state('seen', AS_JSON);
    return {
      name,
      needsContext: false,
      prepare: () => undefined,
      take(event, _, flow) {
        const before = seen.get('') ?? 0;
        const count = (typeof before === 'number' ? before : 0) + 1;
        seen.set('', count % each);
        if (count === each) flow.pass(event);
        else flow.filter();
      },
    };
  },
};
