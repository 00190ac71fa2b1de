import type { Shape } from 'computo-js';
import { createHash } from 'node:crypto';
import type { SchemaVocabulary } from '../../config/kinds/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import type { AcrossParts, AcrossStage } from '../across/across-stage.js';
import { keyText } from '../across/key-text.js';
import { scriptMeaning, type AcrossKind } from './kind.js';
import { compileScript } from './script.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    sample: f
      .fraction(0, 1)
      .describe('The share of the events that go on, such as 0.1: the same ones in every run, chosen by a hash.'),
    by: f
      .script()
      .optional()
      .describe('Events for which this script gives the same value go on together. Default: the data.'),
    seed: f.text('a text').optional().describe('Another seed chooses other events.'),
    name: f.stageName(),
  });

type Settings = ReturnType<typeof schema>['_output'];

interface SamplePlan extends StagePlan {
  readonly share: number;
  readonly by?: ScriptPlan;
  readonly seed?: string;
}

/** Passes a share of the events, the same ones each time. */
export const sample: AcrossKind<Settings, SamplePlan> = {
  kind: 'sample',
  schema,
  scripts: [['by']],
  keys: [['by']],
  across: 'nothing',
  async plan({ sample: share, by: written, seed, name }, make) {
    const by = written === undefined ? undefined : await make.script(['by']);
    if (written !== undefined && by === undefined) return undefined;
    return sampleOf({
      name: name ?? `sample-${make.place}`,
      share,
      ...(by && { by }),
      ...(seed !== undefined && { seed }),
    });
  },
  shape: (data: Shape) => data,
  meaning: ({ share, by, seed }) => [share, by && scriptMeaning(by), seed],
  compile,
};

/** Plans a sample stage, with defaults for what is not given. */
export function sampleOf(plan: Omit<SamplePlan, 'kind'>): SamplePlan {
  return { kind: 'sample', ...plan };
}

/** Hashes are converted to numbers from 0 to below this. */
const HASH_RANGE = 2 ** 48;
const HASH_DIGITS = 12;

function compile({ name, share, by, seed = '' }: SamplePlan, { scripts: context }: AcrossParts): AcrossStage {
  const key = by && compileScript(by, name, context);
  return {
    name,
    needsContext: key?.needsContext === true,
    prepare: ({ data, context }) => keyText(key === undefined ? data : key.run(data, context)),
    take(event, prepared, flow) {
      const hash = createHash('sha256')
        .update(`${seed}\0${prepared as string}`)
        .digest('hex');
      if (Number.parseInt(hash.slice(0, HASH_DIGITS), 16) < share * HASH_RANGE) flow.pass(event);
      else flow.filter();
    },
  };
}
