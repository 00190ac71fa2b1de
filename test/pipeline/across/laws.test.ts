import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StateChanges } from '../../../src/pipeline/index.js';
import { addStageCounts, type StageCounts } from '../../../src/pipeline/across/stage-counts.js';
import { StateMirror } from '../../../src/pipeline/across/state-mirror.js';
import { runs } from '../../support/runs.js';
import { end, feed, open, pipelineOf, seenIn, START, throughJson, TICK, type Seen, type Stored } from './across.js';

/** Stages that go on with events as they come in, with /k, /n, /t and /items, so that any can stand behind another. */
const STEADY = [
  'explode: \'[{k: /k ?? null, n: /n ?? 1, t: 1700000000000}, {k: "z", n: 0}]\'',
  "{ explode: '/items ?? []', into: /item, keep: true }",
  '{ explode: /items ?? null, into: /items, index: /at, empty: keep }',
  "{ explode: '/items ?? []', into: /item, keep: true, empty: fail }",
  '{ sample: 0.7, by: /k ?? null }',
  '{ sample: 0.7 }',
  'every: 2',
  'dedupe: /k ?? null',
  '{ dedupe: /n ?? null, within: 2 events, max_keys: 2 }',
  '{ dedupe: /k ?? null, within: 5s }',
  '{ dedupe: $input, max_keys: 3 }',
  '{ throttle: 2/10s, by: /k ?? null, max_keys: 2 }',
  '{ throttle: 1/3s, mark: true }',
  '{ throttle: 1/3s, time: /t ?? 1 }',
  '{ dedupe: /k ?? null, within: 5s, time: /t ?? 1 }',
  'fold: number',
  'fold: previous',
  "fold: { by: /k ?? null, start: 0, max_keys: 2, step: '[$inputs/2 + (/n ?? 0), merge($input, {sum: $inputs/2 + (/n ?? 0)})]' }",
  "computo: 'merge($input, {n: /n + 1})'",
  "computo: 'merge($input, {id: $inputs/1/event_id})'",
  "filter: '(/n ?? 0) < 3'",
  'filter: /k != "b"',
];

/** Stages behind which events are others. */
const MAKING = [
  'batch: { size: 3 }',
  'batch: { within: 4s, by: /k ?? null, max_keys: 2 }',
  'batch: { bytes: 60B }',
  'batch: { within: 4s, time: /t ?? 1, size: 4 }',
  'aggregate: { by: { k: /k ?? null }, values: { n: count, sum: { sum: /n ?? null }, top: { top: 2, by: /n ?? null } } }',
  'aggregate: { by: { k: /k ?? null }, max_keys: 2, values: { n: count, mean: { mean: /n }, q: { quantile: [/n, 0.5] } }, greatest_first: n }',
  'aggregate: { by: { k: /k ?? null }, every: 4s, late: 1s, values: { n: count, d: { distinct: /n ?? null }, last: { last: /n ?? null } } }',
  'aggregate: { by: { k: /k ?? null }, session: 3s, late: 2s, max_keys: 3, values: { n: count, first: { first: /n ?? null }, max: { max: /n ?? null } } }',
  'aggregate: { every: 4s, time: /t ?? 1, late: 1s, values: { n: count } }',
];

/** A part that fails behind it leaves the others. */
const APART = "{ explode: '/items ?? []', into: /n, parts: alone }";

/** They fail for some of what is made. */
const BEHIND = [
  'computo: \'if value.type($input) == "array" then {n: /0/n + 1, items: $input} else merge($input, {n: /n + 1})\'',
];

const stages = fc
  .tuple(
    fc.array(fc.constantFrom(...STEADY, APART, APART), { maxLength: 3 }),
    fc.array(
      fc.tuple(
        fc.constantFrom(...MAKING),
        fc.constantFrom(...BEHIND),
        fc.array(fc.constantFrom(...STEADY), { maxLength: 2 }),
      ),
      {
        maxLength: 2,
      },
    ),
  )
  .map(([before, making]) => [...before, ...making.flatMap(([made, behind, after]) => [made, behind, ...after])])
  .filter((all) => all.length > 0);

const data = fc.record(
  {
    k: fc.constantFrom('a', 'b', 'c', null, 1),
    n: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 4 }) }, { weight: 1, arbitrary: fc.constant('no') }),
    items: fc.oneof(fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 3 }), fc.constantFrom(null, 'no')),
    t: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_020_000 }) },
      { weight: 1, arbitrary: fc.constant(1_800_000_000_000) },
    ),
  },
  { requiredKeys: [] },
);
const events: fc.Arbitrary<readonly Stored[]> = fc.array(
  fc.tuple(
    fc.integer({ min: 1_700_000_000_000, max: 1_700_000_020_000 }),
    fc.oneof(
      { weight: 12, arbitrary: data },
      { weight: 1, arbitrary: fc.constant<unknown>(7) },
      { weight: 2, arbitrary: fc.constantFrom<unknown>(TICK, START) },
    ),
  ),
  { maxLength: 14 },
);
const onError = fc.constantFrom({ kind: 'dead_letter' } as const, { kind: 'skip' } as const);

/** Cuts that lie within so many events, in order. */
function within(cuts: readonly number[], length: number): readonly number[] {
  return [...new Set(cuts.map((cut) => cut % (length + 1)))].sort((a, b) => a - b);
}

function expectTheLaws({ counts, stages: told }: Seen): void {
  const { input, made, output, filtered, skipped, unrouted, deadLettered, merged, open: left } = counts;
  expect(input + made).toBe(output + filtered + skipped + unrouted + deadLettered + merged + left);
  expect(left).toBe(0);
  for (const one of told) {
    expect({ ...one, sum: one.in + one.made }).toEqual({ ...one, sum: one.out + one.filtered + one.merged + one.open });
    for (const count of [one.in, one.out, one.made + one.in, one.filtered, one.merged])
      expect(count).toBeGreaterThanOrEqual(0);
  }
}

/** Whoever takes the events knows those that came already by their ids. */
function expectIdsApart({ out }: Seen): void {
  const ids = out.map((event) => (event as { readonly id: string }).id);
  expect(ids).toEqual([...new Set(ids)]);
}

describe('a pipeline of stages that look across events', () => {
  it('gives the same however its input is cut, read or restarted, and its counts add up', async () => {
    await fc.assert(
      fc.asyncProperty(
        stages,
        events,
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.boolean(),
        onError,
        async (given, input, cuts, envelope, failing) => {
          const pipeline = await pipelineOf(given);
          const options = { envelope, onError: failing };
          const whole = open(pipeline, { ...options, parseWhole: true });
          const expected = seenIn([feed(whole, input), end(whole)]);
          expectTheLaws(expected);
          if (envelope) expectIdsApart(expected);

          const lazy = open(pipeline, options);
          expect(seenIn([feed(lazy, input), end(lazy)])).toEqual(expected);

          const borders = [0, ...within(cuts, input.length), input.length];
          const pieces = borders.slice(1).map((to, at) => [borders[at] ?? 0, to] as const);
          const pieceByPiece = open(pipeline, options);
          expect(
            seenIn([...pieces.map(([from, to]) => feed(pieceByPiece, input.slice(from, to), from)), end(pieceByPiece)]),
          ).toEqual(expected);

          // Each block goes to a processor that knows nothing but what the one before has left.
          const mirror = new StateMirror();
          const kept: StageCounts[] = [];
          const results = pieces.map(([from, to]) => {
            const process = restarted(mirror.all());
            expect(process.state.before().map(({ openBefore }) => openBefore)).toEqual(
              pipeline.stages.map((_, at) => kept[at]?.open ?? 0),
            );
            const result = feed(process, input.slice(from, to), from);
            mirror.apply(throughJson(result.changes ?? []));
            addStageCounts(kept, result.stages ?? []);
            return result;
          });
          expect(seenIn([...results, end(restarted(mirror.all()))])).toEqual(expected);

          function restarted(state: StateChanges): ReturnType<typeof open> {
            const process = open(pipeline, options);
            process.state.restore(throughJson(state));
            process.state.track();
            return process;
          }
        },
      ),
      { numRuns: runs(60, 4000) },
    );
  });

  it('writes nothing of an event that fails: the others come out as if it had never come', async () => {
    const steady = fc.array(fc.constantFrom(...STEADY), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(steady, events, async (given, input) => {
        const pipeline = await pipelineOf(given);
        const process = open(pipeline);
        const all = seenIn([feed(process, input), end(process)]);
        const failed = new Set(all.letters.map(({ id }) => Number(id.slice(-12))));
        const rest = open(pipeline);
        const good = input.flatMap((event, at) => (failed.has(at) ? [] : [feed(rest, [event], at)]));
        expect(seenIn([...good, end(rest)])).toMatchObject({ text: all.text, letters: [] });
        expect(new Set(all.letters.map(({ id }) => id)).size).toBe(all.letters.length);
      }),
      { numRuns: runs(40, 2000) },
    );
  });
});
