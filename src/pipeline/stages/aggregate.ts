import { ANY_SHAPE, objectShape, scalarShape, type Shape } from 'computo-js';
import type { SchemaVocabulary, SettingProblem, StageMaker } from '../../config/kinds/index.js';
import type { SourceEntry, SourceNode } from '../../config/source/index.js';
import type { ScriptPlan, StagePlan } from '../../config/index.js';
import { compileAggregate, type AggregateOptions } from '../across/aggregate/aggregate.js';
import { planTime, timeFields, timeMeaning, timeProblems } from '../across/event-time.js';
import type { AccumulatorPlan } from '../across/aggregate/accumulators.js';
import type { WindowPlan } from '../across/aggregate/windows.js';
import { KEYS_MAX_DEFAULT, scriptMeaning, type AcrossKind } from './kind.js';

const DISTINCT_MAX_DEFAULT = 1_000_000;
const TOP_MAX = 10_000;

/** Values that are computed from the results of one script. */
const OF_ONE = ['sum', 'mean', 'min', 'max', 'first', 'last', 'distinct'] as const;

/** The settings that define a window by its length. */
const LENGTHS = ['every', 'session'] as const;

const value = (f: SchemaVocabulary) =>
  f.alternatives(
    'count, or a map such as { mean: /ms }, with the key sum, mean, min, max, first, last, distinct, quantile or top',
    [
      f.choice(['count']),
      f.section({
        sum: f.script().optional().describe('The sum of the numbers that this script gives.'),
        mean: f.script().optional().describe('Their mean.'),
        min: f.script().optional().describe('The least number or text.'),
        max: f.script().optional().describe('The greatest number or text.'),
        first: f.script().optional().describe('The first value that is not null.'),
        last: f.script().optional().describe('The last value that is not null.'),
        distinct: f.script().optional().describe('How many different values there are, null not counted.'),
        quantile: f
          .list('a script, and a number from 0 to 1', f.json('a script, and a number from 0 to 1'))
          .optional()
          .describe('[script, share]: [/ms, 0.95] is the 95th percentile. Exact up to 2000 values, then within 0.5 %.'),
        top: f.integer(1, TOP_MAX).optional().describe('The data of this many events with the greatest values of by.'),
        by: f.script().optional().describe('With top: what is compared.'),
      }),
    ],
    (input) => (f.isMap(input) ? 1 : input === 'count' ? 0 : undefined),
  );

const schema = (f: SchemaVocabulary) =>
  f.section({
    aggregate: f
      .section({
        by: f
          .named('scripts by name, such as { level: /level }', f.script())
          .prefault({})
          .describe('What tells the groups apart: { level: /level }. Each becomes a member of the result.'),
        every: f
          .duration(1)
          .optional()
          .describe('The length of a window, aligned with the clock (UTC). Default: one window, the whole input.'),
        session: f.duration(1).optional().describe('A window lasts until its group has had no event for this long.'),
        ...timeFields(f),
        late: f
          .duration(0)
          .prefault(0)
          .describe(
            'A window stays open for this long after its end, by the newest time. Events that come later fail: too_late.',
          ),
        values: f
          .named('values by name, such as { n: count }', value(f))
          .describe('What is made of each group: { n: count, total: { sum: /amount } }.'),
        greatest_first: f
          .text('the name of a value')
          .optional()
          .describe('Groups that close together are in the order of this value. Default: in the order of by.'),
        limit: f
          .integer(1)
          .optional()
          .describe(
            'Only the first N groups of each window pass, in this order; the others are dropped, and counted as merged.',
          ),
        max_keys: f
          .integer(1)
          .prefault(KEYS_MAX_DEFAULT)
          .describe('At most this many groups are open at a time. Events of further groups fail: limit_exceeded.'),
        max_distinct: f
          .integer(1)
          .prefault(DISTINCT_MAX_DEFAULT)
          .describe(
            'distinct knows at most this many values of a group. Further ones are not counted in it, but as forgotten.',
          ),
      })
      .describe('Makes one event of all that belong together.'),
    name: f.stageName(),
  });

type Settings = ReturnType<typeof schema>['_output'];
type ValueSettings = Settings['aggregate']['values'][string];

type AggregatePlan = StagePlan & AggregateOptions;

/** Makes one event of each group when its window closes. */
export const aggregate: AcrossKind<Settings, AggregatePlan> = {
  kind: 'aggregate',
  schema,
  scripts: [
    ['aggregate', 'by', '*'],
    ['aggregate', 'time'],
    ...OF_ONE.map((kind) => ['aggregate', 'values', '*', kind]),
    ['aggregate', 'values', '*', 'by'],
    ['aggregate', 'values', '*', 'quantile', '0'],
  ],
  across: 'state',
  forgetsAt: 'max_distinct',
  goesByArrival: ({ window, time }) => window.kind !== 'all' && time === undefined,
  waitsForTime: ({ window }) => window.kind !== 'all',
  problems,
  windowWithoutTime(stage) {
    const settings = stage.entries?.get('aggregate')?.node.entries;
    const length = settings?.has('time') === true ? undefined : LENGTHS.find((key) => settings?.has(key) === true);
    return length && ['aggregate', length];
  },
  plan,
  shape(_data, _made, stage) {
    const settings = stage.entries?.get('aggregate')?.node.entries;
    const members = [
      ...names(settings?.get('by')?.node).map((name) => [name, ANY_SHAPE] as const),
      ...(LENGTHS.some((key) => settings?.has(key) === true)
        ? ([
            ['start', TEXT],
            ['end', TEXT],
          ] as const)
        : []),
      ...names(settings?.get('values')?.node).map((name) => [name, ANY_SHAPE] as const),
    ];
    return objectShape(new Map(members.map(([name, shape]) => [name, { shape, optional: false }])), false);
  },
  findProblem(made, places) {
    for (const [script, place] of places.entries()) {
      const kind = place.at(-1) ?? '';
      const shape = made[script];
      if (shape === undefined || shape.any) continue;
      const isScalar = shape.scalars.has('number') || shape.scalars.has('null');
      if ((kind === 'sum' || kind === 'mean' || kind === '0') && !isScalar)
        return { script, must: `${kind === '0' ? 'a quantile' : `a ${kind}`} is made of numbers` };
      if ((kind === 'min' || kind === 'max') && !isScalar && !shape.scalars.has('string'))
        return { script, must: `${kind} compares numbers or texts` };
    }
    return undefined;
  },
  meaning: (options) => [
    options.by.map(({ name, script }) => [name, scriptMeaning(script)]),
    options.window,
    timeMeaning(options.time),
    options.late,
    options.values.map(({ of, ...rest }) => [
      rest.kind === 'distinct' ? { ...rest, max: undefined } : rest,
      of && scriptMeaning(of),
    ]),
    options.greatestFirst,
    options.limit,
  ],
  bounds: ({ maxKeys, values }) => [maxKeys, values.flatMap((value) => (value.kind === 'distinct' ? value.max : []))],
  compile: compileAggregate,
};

const TEXT: Shape = scalarShape('string');

function names(node: { readonly entries?: ReadonlyMap<string, unknown> } | undefined): readonly string[] {
  return [...(node?.entries?.keys() ?? [])];
}

async function plan({ aggregate: settings, name }: Settings, make: StageMaker): Promise<AggregatePlan | undefined> {
  const { every, session, late, greatest_first: greatestFirst, limit, max_keys: maxKeys } = settings;
  const by: { name: string; script: ScriptPlan }[] = [];
  for (const member of Object.keys(settings.by)) {
    const script = await make.script(['aggregate', 'by', member]);
    if (script !== undefined) by.push({ name: member, script });
  }
  const values: AggregateOptions['values'][number][] = [];
  for (const [member, one] of Object.entries(settings.values)) {
    const made = await valuePlan(member, one, settings.max_distinct, make);
    if (made !== undefined) values.push({ ...made, name: member });
  }
  const time = await planTime(settings, make, ['aggregate']);
  return aggregateOf({
    name: name ?? `aggregate-${make.place}`,
    by,
    window: windowOf(every, session),
    ...time,
    late,
    values,
    ...(greatestFirst !== undefined && { greatestFirst }),
    ...(limit !== undefined && { limit }),
    maxKeys,
  });
}

/** Plans an aggregate, with defaults for what is not given. */
export function aggregateOf(
  plan: Pick<AggregatePlan, 'name' | 'by' | 'values'> & Partial<Omit<AggregatePlan, 'kind'>>,
): AggregatePlan {
  return { kind: 'aggregate', window: { kind: 'all' }, late: 0, maxKeys: KEYS_MAX_DEFAULT, ...plan };
}

function windowOf(every: number | undefined, session: number | undefined): WindowPlan {
  if (every !== undefined) return { kind: 'every', ms: every };
  return session === undefined ? { kind: 'all' } : { kind: 'session', ms: session };
}

/** The kind of a value, by the one key that names it; undefined if there is none, or more than one. */
function kindOf(settings: object): (typeof OF_ONE)[number] | 'quantile' | 'top' | undefined {
  const [kind, ...more] = kindsOf(settings);
  return more.length === 0 ? kind : undefined;
}

function kindsOf(settings: object): readonly ((typeof OF_ONE)[number] | 'quantile' | 'top')[] {
  return [...OF_ONE, 'quantile' as const, 'top' as const].filter((one) => one in settings);
}

async function valuePlan(
  member: string,
  settings: ValueSettings,
  distinctMax: number,
  make: StageMaker,
): Promise<(AccumulatorPlan & { readonly of?: ScriptPlan }) | undefined> {
  if (typeof settings === 'string') return { kind: 'count' };
  const place = ['aggregate', 'values', member];
  const kind = kindOf(settings);
  const { top, quantile } = settings;
  if (top !== undefined) {
    const of = await make.script([...place, 'by']);
    return of && { kind: 'top', count: top, of };
  }
  if (quantile !== undefined) {
    const [, share] = quantile;
    const of = await make.script([...place, 'quantile', '0']);
    return of && typeof share === 'number' ? { kind: 'quantile', share, of } : undefined;
  }
  const one = OF_ONE.find((each) => each === kind);
  const of = one && (await make.script([...place, one]));
  if (of === undefined || one === undefined) return undefined;
  return one === 'distinct' ? { kind: one, max: distinctMax, of } : { kind: one, of };
}

function problems({ entries }: SourceNode): readonly SettingProblem[] {
  const settings = entries?.get('aggregate')?.node.entries;
  const found: SettingProblem[] = [];
  const refuse = (path: readonly string[], message: string): void =>
    void found.push({ path: ['aggregate', ...path], message });
  const has = (key: string): boolean => settings?.has(key) === true;
  const values = settings?.get('values')?.node.entries ?? new Map<string, SourceEntry>();
  const by = new Set(names(settings?.get('by')?.node));
  const isWindow = has('every') || has('session');

  if (has('every') && has('session')) refuse(['session'], 'a window has either every or session, not both');
  found.push(...timeProblems(settings, ['aggregate']));
  for (const key of ['time', 'late']) {
    if (has(key) && !isWindow)
      refuse([key], `${key} needs every or session: without them there is one window, the whole input`);
  }
  if (has('values') && values.size === 0)
    refuse(['values'], 'an aggregate needs at least one value, such as { n: count }');
  const window = isWindow ? ['start', 'end'] : [];
  for (const member of window.filter((one) => by.has(one)))
    refuse(['by', member], `the result has a member ${JSON.stringify(member)} already: that of the window`);
  for (const [member, { node }] of values) {
    if (by.has(member) || window.includes(member))
      refuse(['values', member], `the result has a member ${JSON.stringify(member)} already`);
    const problem = node.entries && valueProblem(node.entries);
    if (problem !== undefined) refuse(['values', member], problem);
  }
  for (const [key, members] of [
    ['by', by],
    ['values', new Set(values.keys())],
  ] as const)
    if (members.has('__proto__')) refuse([key], 'no member can be named __proto__');
  const first = settings?.get('greatest_first')?.node.value;
  if (typeof first === 'string' && !first.includes('${') && !values.has(first))
    refuse(['greatest_first'], `no value is named ${JSON.stringify(first)}`);
  return found;
}

function valueProblem(entries: ReadonlyMap<string, SourceEntry>): string | undefined {
  const kinds = kindsOf(Object.fromEntries(entries));
  if (kinds.length > 1)
    return `a value is one of these, and this has ${kinds.join(' and ')}: give each a name of its own`;
  const [kind] = kinds;
  if (kind === undefined) return 'expected one of sum, mean, min, max, first, last, distinct, quantile and top';
  if (kind === 'top' && !entries.has('by')) return 'top needs by: what is compared';
  if (kind !== 'top' && entries.has('by')) return `by belongs to top, not to ${kind}`;
  const quantile = entries.get('quantile')?.node.value;
  if (quantile === undefined) return undefined;
  const [script, share, ...more] = Array.isArray(quantile) ? (quantile as readonly unknown[]) : [];
  const isShare = typeof share === 'number' && share >= 0 && share <= 1;
  return script !== undefined && isShare && more.length === 0
    ? undefined
    : 'expected a script and a number from 0 to 1, such as [/ms, 0.95]';
}
