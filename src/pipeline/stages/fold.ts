import { ANY_SHAPE, scalarShape, type Json } from 'computo-js';
import type { SchemaVocabulary } from '../../config/kinds/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import type { AcrossParts, AcrossStage } from '../across/across-stage.js';
import { keyText } from '../across/key-text.js';
import { AS_JSON } from '../across/state-table.js';
import { EventFailure } from '../failure.js';
import { intoSegments, nameOf, putInto } from '../put-into.js';
import { KEYS_MAX_DEFAULT, scriptMeaning, type AcrossKind } from './kind.js';
import { compileScript } from './script.js';
import { shapeInto } from './shape-into.js';

/** What is ready-made: `number` puts the number of the event into its data, `previous` the data of the event before. */
const READY_MADE = ['number', 'previous'] as const;
type ReadyMade = (typeof READY_MADE)[number];

const schema = (f: SchemaVocabulary) =>
  f.section({
    fold: f
      .alternatives(
        'number, previous, or a map with the key step',
        [
          f.choice(READY_MADE),
          f.section({
            step: f
              .script()
              .describe(
                'A script that sees the data, the context of the event ($inputs/1) and the state ($inputs/2), and gives [state, data].',
              ),
            start: f.json('a JSON value').prefault(null).describe('The state before the first event. Default: null.'),
            by: f
              .script()
              .optional()
              .describe('Each value of this script has a state of its own. Default: one for all.'),
            max_keys: f
              .integer(1)
              .prefault(KEYS_MAX_DEFAULT)
              .describe('So many states are kept at a time. The oldest are forgotten first, and counted.'),
          }),
        ],
        (input) => (f.isMap(input) ? 1 : typeof input === 'string' ? 0 : undefined),
      )
      .describe(
        'Carries a state from event to event. number: the number of each event, from 1, at /number. previous: the data of the event before, or null, at /previous.',
      ),
    name: f.stageName(),
  });

type Settings = ReturnType<typeof schema>['_output'];

interface FoldPlan extends StagePlan {
  readonly ready?: ReadyMade;
  readonly step?: ScriptPlan;
  readonly start: Json;
  readonly by?: ScriptPlan;
  readonly maxKeys: number;
}

/** Carries a state from event to event. */
export const fold: AcrossKind<Settings, FoldPlan> = {
  kind: 'fold',
  schema,
  scripts: [
    ['fold', 'step'],
    ['fold', 'by'],
  ],
  seesState: ['fold', 'step'],
  keys: [['fold', 'by']],
  data: [['fold', 'start']],
  across: 'state',
  async plan({ fold: settings, name: written }, make) {
    const name = written ?? `fold-${make.place}`;
    if (typeof settings === 'string') {
      return { kind: 'fold', name, ready: settings, start: settings === 'number' ? 0 : null, maxKeys: 1 };
    }
    const { start, by: key, max_keys: maxKeys } = settings;
    const step = await make.script(['fold', 'step']);
    const by = key === undefined ? undefined : await make.script(['fold', 'by']);
    if (step === undefined || (key !== undefined && by === undefined)) return undefined;
    return { kind: 'fold', name, step, start, ...(by && { by }), maxKeys };
  },
  shape(data, _made, stage) {
    const ready = stage.entries?.get('fold')?.node.value;
    if (ready === 'number') return shapeInto(data, ['number'], scalarShape('number'));
    return ready === 'previous' ? shapeInto(data, ['previous'], ANY_SHAPE) : ANY_SHAPE;
  },
  refuses([step]) {
    const isNoPair = step !== undefined && !step.any && step.array === undefined;
    return isNoPair ? { script: 0, must: 'the step of a fold must give [state, data]' } : undefined;
  },
  meaning: ({ ready, step, start, by, maxKeys }) => [
    ready,
    step && scriptMeaning(step),
    start,
    by && scriptMeaning(by),
    maxKeys,
  ],
  compile,
};

/** The next state, and the data. */
type Step = (data: Json, context: Json, state: Json) => readonly [Json, Json];

function compile(plan: FoldPlan, { state, scripts: context }: AcrossParts): AcrossStage {
  const { name, start, maxKeys } = plan;
  const script = plan.step && compileScript(plan.step, name, context);
  const by = plan.by && compileScript(plan.by, name, context);
  const states = state('states', AS_JSON);
  const step: Step =
    script === undefined
      ? readyMade(plan.ready ?? 'number', name)
      : (data, context, state) =>
          pairOf(
            asked(() => script.run(data, context, state), state),
            name,
          );

  return {
    name,
    needsContext: script?.needsContext === true || by?.needsContext === true,
    prepare: ({ data, context }) => (by === undefined ? '' : keyText(by.run(data, context))),
    take(event, prepared, flow) {
      const key = prepared as string;
      const [state, data] = step(event.data, event.context, states.get(key) ?? start);
      states.renew(key, state);
      flow.pass({ ...event, data });
    },
    settle: (flow) => flow.forget(states.limit(maxKeys)),
  };
}

/** A script that fails on the state that is null because nobody said how it begins. */
function asked(run: () => Json, state: Json): Json {
  try {
    return run();
  } catch (error) {
    if (state !== null || !(error instanceof EventFailure) || !error.message.includes('null')) throw error;
    const { kind, message, stage, path, at } = error;
    throw new EventFailure(kind, `${message} The state is null here: start says what it is at first.`, stage, path, at);
  }
}

function readyMade(ready: ReadyMade, name: string): Step {
  const into = intoSegments(`/${ready}`);
  if (ready === 'previous') return (data, _context, before) => [data, putInto(data, into, before, name)];
  return (data, _context, before) => {
    const number = (typeof before === 'number' ? before : 0) + 1;
    return [number, putInto(data, into, number, name)];
  };
}

function pairOf(result: Json, name: string): readonly [Json, Json] {
  const [state, data, ...more] = Array.isArray(result) ? (result as readonly Json[]) : [];
  if (state === undefined || data === undefined || more.length > 0) {
    const got = Array.isArray(result) ? `a list of ${result.length}` : nameOf(result);
    throw new EventFailure('invalid_argument', `the step of a fold must give [state, data], got ${got}`, name);
  }
  return [state, data];
}
