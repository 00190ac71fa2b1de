import { ANY_SHAPE, scalarShape, type Json } from 'computo-js';
import type { SchemaVocabulary } from '../../config/kinds/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import type { AcrossParts, AcrossStage } from '../across/across-stage.js';
import { keyText } from '../across/key-text.js';
import { AS_JSON } from '../across/state-table.js';
import { excessOf } from '../../json/index.js';
import { EventFailure } from '../failure.js';
import { intoSegments, nameOf, putInto } from '../put-into.js';
import { textOf } from '../text-of.js';
import { KEYS_MAX_DEFAULT, scriptMeaning, type AcrossKind } from './kind.js';
import { compileScript } from './script.js';
import { pointerOf, shapeInto } from './shape-into.js';

/** The default size limit of a state, in bytes. */
const BYTES_MAX_DEFAULT = 1 << 20;

/** The most UTF-8 bytes that a UTF-16 unit takes. */
const BYTES_PER_UNIT_MAX = 3;

/** Built-in folds: `number` puts the number of the event into its data, `previous` the data of the event before. */
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
              .describe('At most this many states are kept at a time. The oldest are forgotten first, and counted.'),
            max_bytes: f
              .size(1)
              .prefault(BYTES_MAX_DEFAULT)
              .describe(
                'The maximum length of a state as JSON. An event that would make it longer fails, and leaves it as it was.',
              ),
          }),
        ],
        (input) => (f.isMap(input) ? 1 : typeof input === 'string' ? 0 : undefined),
      )
      .describe(
        'Carries a state from event to event. number: the number of each event, from 1, at /number. previous: the data of the event before, or null, at /previous.',
      ),
    into: f
      .jsonPointer()
      .optional()
      .describe(
        'Where number or previous lands in the data of the event; what is there is replaced. Default: /number or /previous.',
      ),
    name: f.stageName(),
  });

type Settings = ReturnType<typeof schema>['_output'];

interface FoldPlan extends StagePlan {
  readonly ready?: ReadyMade;
  /** A JSON Pointer to where the value of a built-in fold goes. */
  readonly into?: string;
  readonly step?: ScriptPlan;
  readonly start: Json;
  readonly by?: ScriptPlan;
  readonly maxKeys: number;
  /** The maximum size of a state as JSON, in UTF-8 bytes; undefined: a state is never longer than the data of an event. */
  readonly maxBytes?: number;
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
  problems({ entries }) {
    const hasStep = entries?.get('fold')?.node.entries !== undefined;
    return hasStep && entries.has('into')
      ? [{ path: ['into'], message: 'into belongs to number and previous: a step gives the data itself' }]
      : [];
  },
  async plan({ fold: settings, into, name: written }, make) {
    const name = written ?? `fold-${make.place}`;
    if (typeof settings === 'string') {
      const start = settings === 'number' ? 0 : null;
      return { kind: 'fold', name, ready: settings, into: into ?? `/${settings}`, start, maxKeys: 1 };
    }
    const { start, by: key, max_keys: maxKeys, max_bytes: maxBytes } = settings;
    const step = await make.script(['fold', 'step']);
    const by = key === undefined ? undefined : await make.script(['fold', 'by']);
    if (step === undefined || (key !== undefined && by === undefined)) return undefined;
    return { kind: 'fold', name, step, start, ...(by && { by }), maxKeys, maxBytes };
  },
  shape(data, _made, stage) {
    const ready = stage.entries?.get('fold')?.node.value;
    if (ready !== 'number' && ready !== 'previous') return ANY_SHAPE;
    const into = stage.entries?.has('into') === true ? pointerOf(stage.entries.get('into')?.node.value) : [ready];
    return into === undefined
      ? ANY_SHAPE
      : shapeInto(data, into, ready === 'number' ? scalarShape('number') : ANY_SHAPE);
  },
  findProblem([step]) {
    const isNoPair = step !== undefined && !step.any && step.array === undefined;
    return isNoPair ? { script: 0, must: 'the step of a fold must give [state, data]' } : undefined;
  },
  meaning: ({ ready, into, step, start, by }) => [
    ready,
    into,
    step && scriptMeaning(step),
    start,
    by && scriptMeaning(by),
  ],
  bounds: ({ maxKeys, maxBytes }) => [maxKeys, maxBytes],
  compile,
};

/** Returns the next state, and the data. */
type Step = (data: Json, context: Json, state: Json) => readonly [Json, Json];

function compile(plan: FoldPlan, { state, scripts: context, depthMax }: AcrossParts): AcrossStage {
  const { name, start, maxKeys, maxBytes } = plan;
  const script = plan.step && compileScript(plan.step, name, context);
  const by = plan.by && compileScript(plan.by, name, context);
  const states = state('states', AS_JSON);
  const step: Step =
    script === undefined
      ? readyMade(plan, name)
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
      if (maxBytes !== undefined) expectWithin(state, { maxBytes, depthMax }, name);
      states.renew(key, state);
      flow.pass({ ...event, data });
    },
    settle: (flow) => flow.forget(states.limit(maxKeys)),
  };
}

/** Checks the size of a state, because it would grow with every event. @throws EventFailure when it exceeds the limit */
function expectWithin(
  state: Json,
  bounds: { readonly maxBytes: number; readonly depthMax: number },
  name: string,
): void {
  if (typeof state !== 'object' && typeof state !== 'string') return;
  const { maxBytes, depthMax } = bounds;
  const text = textOf(state, name);
  const bytes = text.length * BYTES_PER_UNIT_MAX <= maxBytes ? 0 : Buffer.byteLength(text);
  if (bytes > maxBytes) {
    const message = `the state would be ${bytes} bytes long, more than ${maxBytes} (max_bytes)`;
    throw new EventFailure('limit_exceeded', message, name);
  }
  if (text.length > 2 * depthMax && excessOf(text, { depthMax, valuesMax: Infinity }) !== undefined) {
    const message = `the state would be nested deeper than ${depthMax} levels (processing.max_depth)`;
    throw new EventFailure('limit_exceeded', message, name);
  }
}

/** Runs a script, and explains a failure on a state that is null because no `start` was given. */
function asked(run: () => Json, state: Json): Json {
  try {
    return run();
  } catch (error) {
    if (state !== null || !(error instanceof EventFailure) || !error.message.includes('null')) throw error;
    const { kind, message, stage, path, at } = error;
    throw new EventFailure(kind, `${message} The state is null here: start says what it is at first.`, stage, path, at);
  }
}

function readyMade({ ready, into: pointer }: FoldPlan, name: string): Step {
  const into = intoSegments(pointer);
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
