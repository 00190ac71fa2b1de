import { elementShape, scalarShape, type Json, type Shape } from 'computo-js';
import type { SchemaVocabulary, StageMaker } from '../../config/kinds/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import type { AcrossParts, AcrossStage, Passing } from '../across/across-stage.js';
import { EventFailure } from '../failure.js';
import { intoSegments, nameOf, putInto, without } from '../put-into.js';
import { textOf } from '../text-of.js';
import { inputPath, scriptMeaning, type AcrossKind } from './kind.js';
import { compileScript } from './script.js';
import { pointerOf, shapeInto, shapeWithout } from './shape-into.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    explode: f
      .script()
      .describe(
        'A script whose result is a list, such as /items. The event becomes one event for each of its elements.',
      ),
    into: f
      .jsonPointer()
      .optional()
      .describe('Where the element lands in the data of the event. Default: the element is the data.'),
    index: f.jsonPointer().optional().describe('Where the number of the element lands, from 0. Needs into.'),
    keep: f.flag().prefault(false).describe('With into: leave the list in the data.'),
    empty: f
      .choice(['filter', 'keep', 'fail'])
      .prefault('filter')
      .describe('What becomes of an event whose list is empty or null: keep lets it go on, with null at into.'),
    parts: f
      .choice(['together', 'alone'])
      .prefault('together')
      .describe(
        'When a part fails later on: together, the whole event fails, and nothing of it is written; alone, the other parts go on, and the dead letter is the part.',
      ),
    name: f.stageName(),
  });

type Settings = ReturnType<typeof schema>['_output'];

interface ExplodePlan extends StagePlan {
  readonly list: ScriptPlan;
  readonly into?: string;
  readonly index?: string;
  readonly keep: boolean;
  readonly empty: Settings['empty'];
  readonly parts: Settings['parts'];
}

/** Makes an event of each element of a list. */
export const explode: AcrossKind<Settings, ExplodePlan> = {
  kind: 'explode',
  schema,
  scripts: [['explode']],
  across: 'nothing',
  problems: ({ entries }) =>
    ['index', 'keep'].flatMap((key) => {
      const isNeedless = entries?.has('into') === true || entries?.has(key) !== true;
      return isNeedless ? [] : [{ path: [key], message: `${key} needs into: without it the element is the data` }];
    }),
  async plan({ into, index, keep, empty, parts, name }: Settings, make: StageMaker) {
    const list = await make.script(['explode']);
    return (
      list &&
      explodeOf({
        name: name ?? `explode-${make.place}`,
        list,
        ...(into !== undefined && { into }),
        ...(index !== undefined && { index }),
        keep,
        empty,
        parts,
      })
    );
  },
  shape(data, [list], stage) {
    const element = list === undefined ? elementShape(data) : elementShape(list);
    const setting = (key: string): unknown => stage.entries?.get(key)?.node.value;
    const [into, index] = [pointerOf(setting('into')), pointerOf(setting('index'))];
    if (into === undefined) return element;
    const path = pointerOf(stage.entries?.get('explode')?.node.value);
    const parent = path === undefined || setting('keep') === true ? data : shapeWithout(data, path);
    const filled = shapeInto(parent, into, element);
    return index === undefined ? filled : shapeInto(filled, index, NUMBER);
  },
  findProblem([list]) {
    const isNoList = list !== undefined && list.array === undefined && (list.object !== undefined || hasText(list));
    return isNoList ? { script: 0, must: 'what explode takes apart must be a list' } : undefined;
  },
  meaning: ({ list, into, index, keep, empty, parts }) => [scriptMeaning(list), into, index, keep, empty, parts],
  compile,
};

/** Plans an explode stage, with defaults for what is not given. */
export function explodeOf(plan: Pick<ExplodePlan, 'name' | 'list'> & Partial<Omit<ExplodePlan, 'kind'>>): ExplodePlan {
  return { kind: 'explode', keep: false, empty: 'filter', parts: 'together', ...plan };
}

const NUMBER = scalarShape('number');

/** Fewer copies of an event than this are not measured. */
const FEW = 16;
/** The maximum total size of an event's copies, in characters, because they are all in memory at once. */
const COPIED_MAX = 64 << 20;

function hasText({ scalars }: Shape): boolean {
  return scalars.size > 0 && !scalars.has('null');
}

function compile(
  { name, list: script, into, index, keep, empty, parts }: ExplodePlan,
  { scripts: context }: AcrossParts,
): AcrossStage {
  const list = compileScript(script, name, context);
  const intoPath = into === undefined ? undefined : intoSegments(into);
  const indexPath = index === undefined ? undefined : intoSegments(index);
  const listPath = keep || into === undefined ? undefined : inputPath(script);

  return {
    name,
    needsContext: list.needsContext,
    prepare: ({ data, context }) => list.run(data, context),
    ...(intoPath === undefined &&
      empty !== 'keep' && {
        lazily: { scripts: [script], prepared: ([elements]) => elements, goesOnAsElements: true },
      }),
    take(event, prepared, flow) {
      const elements = prepared as Json;
      if (elements !== null && !Array.isArray(elements)) {
        throw new EventFailure('invalid_argument', `explode needs a list, got ${nameOf(elements)}`, name);
      }
      if (elements !== null && elements.length > 0) flow.split(event, partsOf(event, elements), parts === 'alone');
      else if (empty === 'filter') flow.filter();
      else if (empty === 'fail') throw new EventFailure('invalid_argument', 'explode has an empty list', name);
      else
        flow.pass(intoPath === undefined ? event : { ...event, data: putInto(parentOf(event), intoPath, null, name) });
    },
  };

  function parentOf({ data }: Passing): Json {
    return listPath === undefined ? data : without(data, listPath);
  }

  function partsOf(event: Passing, elements: readonly Json[]): readonly Json[] {
    if (intoPath === undefined) return elements;
    const parent = parentOf(event);
    const copied = elements.length < FEW ? 0 : textOf(parent, name).length * elements.length;
    if (copied > COPIED_MAX) {
      const message = `${elements.length} copies of the event would be ${copied} characters long, more than ${COPIED_MAX}: leave out of it what they need not have`;
      throw new EventFailure('limit_exceeded', message, name);
    }
    return elements.map((element, at) => {
      const filled = putInto(parent, intoPath, element, name);
      return indexPath === undefined ? filled : putInto(filled, indexPath, at, name);
    });
  }
}
