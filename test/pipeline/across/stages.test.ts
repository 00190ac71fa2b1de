import { describe, expect, it } from 'vitest';
import {
  end,
  feed,
  idOf,
  open,
  outcome,
  outcomeOf,
  pipelineOf,
  seenIn,
  START,
  throughJson,
  TICK,
  type Seen,
  type Stored,
} from './across.js';

const PLUS_ONE = "computo: '$input + 1'";

describe('explode', () => {
  it('makes an event of each element', async () => {
    const { out, counts, stages } = await outcomeOf(['explode: /items'], [{ items: [1, { a: 2 }] }, { items: [] }]);
    expect(out).toEqual([1, { a: 2 }]);
    expect(counts).toMatchObject({ input: 2, made: 1, output: 2, filtered: 1 });
    expect(stages).toMatchObject([{ in: 2, made: 1, out: 2, filtered: 1 }]);
  });

  it('puts the element into the event, with its number, without the list or with it', async () => {
    const event = { k: 'x', items: ['a', 'b'] };
    const into = await outcomeOf(['{ explode: /items, into: /item, index: /n }'], [event]);
    expect(into.out).toEqual([
      { k: 'x', item: 'a', n: 0 },
      { k: 'x', item: 'b', n: 1 },
    ]);
    const kept = await outcomeOf(['{ explode: /items, into: /item, keep: true }'], [event]);
    expect(kept.out).toEqual([
      { ...event, item: 'a' },
      { ...event, item: 'b' },
    ]);
    const instead = await outcomeOf(['{ explode: /items, into: /items }'], [event]);
    expect(instead.out).toEqual([
      { k: 'x', items: 'a' },
      { k: 'x', items: 'b' },
    ]);
  });

  it.each([
    ['filter', { out: [], letters: [] }],
    [
      'keep',
      {
        out: [
          { k: 1, item: null },
          { k: 2, item: null },
        ],
        letters: [],
      },
    ],
    [
      'fail',
      {
        out: [],
        letters: [{ data: { k: 1, items: [] } }, { data: { k: 2, items: null } }],
      },
    ],
  ])('does with an empty list what empty says: %s', async (empty, expected) => {
    const stages = [`{ explode: /items, into: /item, empty: ${empty} }`];
    expect(
      await outcomeOf(stages, [
        { k: 1, items: [] },
        { k: 2, items: null },
      ]),
    ).toMatchObject(expected);
  });

  it('keeps an event as it is where there is no place for an element', async () => {
    const { out } = await outcomeOf(['{ explode: /items, empty: keep }'], [{ items: [] }, { items: null }]);
    expect(out).toEqual([{ items: [] }, { items: null }]);
  });

  it('lets the other parts go on where they are alone, and the dead letter is the part', async () => {
    const stages = ['{ explode: /items, into: /n, index: /at, parts: alone }', "computo: '{/k, /at, n: /n + 1}'"];
    const {
      out,
      letters,
      counts,
      stages: told,
    } = await outcomeOf(
      stages,
      [
        { k: 'x', items: [1, 'no', 3] },
        { k: 'y', items: [] },
      ],
      { envelope: true },
    );
    expect(out).toMatchObject([
      { id: `${idOf(0)}.0`, data: { k: 'x', at: 0, n: 2 } },
      { id: `${idOf(0)}.2`, data: { k: 'x', at: 2, n: 4 } },
    ]);
    expect(out[0]).not.toHaveProperty('metadata.after_stage');
    expect(letters).toMatchObject([{ id: `${idOf(0)}.1`, data: { k: 'x', at: 1, n: 'no' } }]);
    expect(counts).toMatchObject({ input: 2, made: 2, output: 2, filtered: 1, deadLettered: 1 });
    expect(told).toMatchObject([
      { in: 2, made: 2, out: 3, filtered: 1 },
      { in: 2, out: 2 },
    ]);
  });

  it('takes such a part behind the stage when it is retried', async () => {
    const stages = ['fold: number', '{ explode: /items, into: /n, parts: alone, name: apart }', "computo: '/n + 1'"];
    const process = open(await pipelineOf(stages));
    const again = (pipeline: string, afterStage: string): Seen => {
      const metadata = { source: 's', pipeline, after_stage: afterStage, retry_count: 1 };
      const line = JSON.stringify({ id: 'x.1', timestamp: 1, data: { n: 7 }, metadata });
      return seenIn([
        process({ kind: 'lines', bytes: Buffer.from(`${line}\n`) }, { source: 's', timestamp: 1, counter: 0 }),
      ]);
    };
    expect(again('default', 'apart')).toMatchObject({
      out: [8],
      letters: [],
      counts: { input: 1, made: 0, output: 1 },
    });
    expect(again('default', 'gone').letters).toMatchObject([
      { message: expect.stringContaining('no such stage') as string },
    ]);
    // Another pipeline takes it as it is.
    expect(again('other', 'apart').letters).toMatchObject([{ message: expect.stringContaining('/items') as string }]);
  });

  it('fails what is no list', async () => {
    const { letters, out } = await outcomeOf(['explode: /items'], [{ items: 'no' }, {}, { items: [1] }]);
    expect(out).toEqual([1]);
    expect(letters).toMatchObject([
      {
        id: idOf(0),
        data: { items: 'no' },
        message: 'explode needs a list, got a string',
      },
      { id: idOf(1), data: {} },
    ]);
  });

  it('fails an event whose copies would fill the memory', async () => {
    const event = { pad: 'x'.repeat(300_000), items: Array.from({ length: 20_000 }, () => 1) };
    const { letters, out } = await outcomeOf(['{ explode: /items, into: /item }'], [event, { items: [2] }]);
    expect(letters).toMatchObject([{ id: idOf(0), kind: 'limit_exceeded' }]);
    expect(out).toEqual([{ item: 2 }]);
  });

  it('tells parts of parts apart by their ids', async () => {
    const { out } = await outcomeOf(['explode: /a', 'explode: /b'], [{ a: [{ b: [1] }, { b: [2, 3] }] }], {
      envelope: true,
    });
    expect(out).toMatchObject([
      { id: `${idOf(0)}.0.0`, data: 1 },
      { id: `${idOf(0)}.1.0`, data: 2 },
      { id: `${idOf(0)}.1.1`, data: 3 },
    ]);
  });

  it('shows scripts the id of the part', async () => {
    const { out } = await outcomeOf(['explode: /a', "computo: '$inputs/1/event_id'"], [{ a: [1, 2] }]);
    expect(out).toEqual([`${idOf(0)}.0`, `${idOf(0)}.1`]);
  });

  it('fails the whole event when a part fails: nothing of it is written, and no state has changed', async () => {
    const stages = ['explode: /items', 'dedupe: /id', 'fold: number', "computo: '[/id, /n + 1, /number]'"];
    const broken = {
      items: [
        { id: 1, n: 1 },
        { id: 2, n: 'no' },
      ],
    };
    const mended = {
      items: [
        { id: 1, n: 1 },
        { id: 2, n: 2 },
      ],
    };
    const { out, letters, counts, stages: told } = await outcomeOf(stages, [broken, mended, mended]);
    expect(out).toEqual([
      [1, 2, 1],
      [2, 3, 2],
    ]);
    expect(letters).toMatchObject([{ id: idOf(0), data: broken }]);
    expect(counts).toMatchObject({
      input: 3,
      made: 2,
      output: 2,
      filtered: 2,
      deadLettered: 1,
    });
    expect(told).toMatchObject([{ in: 2, made: 2, out: 4 }, { in: 4, out: 2, filtered: 2 }, { in: 2 }, { in: 2 }]);
  });
});

describe('sample', () => {
  const rows = Array.from({ length: 4000 }, (_, at) => ({ user: at % 40, at }));

  it('lets about its share pass, the same events each time', async () => {
    const first = await outcomeOf(['sample: 0.1'], rows);
    expect(first.out.length).toBeGreaterThan(300);
    expect(first.out.length).toBeLessThan(500);
    const again = await outcomeOf(['sample: 0.1'], [...rows].reverse());
    expect([...again.out].reverse()).toEqual(first.out);
    const more = await outcomeOf(['sample: 0.3'], rows);
    expect(more.out).toEqual(expect.arrayContaining([...first.out]));
  });

  it('chooses others with another seed, all with 1 and none with 0', async () => {
    const [one, other] = await Promise.all(
      ['a', 'b'].map(async (seed) => outcomeOf([`{ sample: 0.1, seed: ${seed} }`], rows)),
    );
    expect(one?.text).not.toBe(other?.text);
    expect((await outcomeOf(['sample: 1'], rows)).counts).toMatchObject({
      output: 4000,
      filtered: 0,
    });
    expect((await outcomeOf(['sample: 0'], rows)).counts).toMatchObject({
      output: 0,
      filtered: 4000,
    });
  });

  it('keeps together what belongs together', async () => {
    const { out } = await outcomeOf(['{ sample: 0.5, by: /user }'], rows);
    const users = new Set((out as { user: number }[]).map(({ user }) => user));
    expect(users.size).toBeGreaterThan(5);
    expect(users.size).toBeLessThan(35);
    expect(out).toEqual(rows.filter(({ user }) => users.has(user)));
  });
});

it('every lets each nth event pass', async () => {
  expect((await outcomeOf(['every: 3'], [1, 2, 3, 4, 5, 6, 7])).out).toEqual([3, 6]);
  expect((await outcomeOf(['every: 1'], [1, 2])).out).toEqual([1, 2]);
});

describe('dedupe', () => {
  it('goes by a time of its own, where one is named', async () => {
    const stage = '{ dedupe: /id, within: 1m, time: /t }';
    const times = [0, 59_999, 60_000, 60_001].map((t) => ({ id: 1, t }));
    const { out, letters } = await outcomeOf([stage], [...times, { id: 2, t: 'noon' }]);
    expect(out).toMatchObject([{ t: 0 }, { t: 60_000 }]);
    expect(letters).toMatchObject([{ id: idOf(4), kind: 'invalid_argument' }]);
  });

  it('lets the first pass, and compares values as JSON', async () => {
    const values = [1, '1', true, 'true', null, { a: 1, b: [] }, '\u0000n', { b: [], a: 1 }, 1, null];
    const { out } = await outcomeOf(
      ['dedupe: /v'],
      values.map((v) => ({ v })),
    );
    expect(out).toEqual([0, 1, 2, 3, 4, 5, 6].map((at) => ({ v: values[at] })));
  });

  it('knows a value for a while after the event that went on, by timestamps', async () => {
    const times = [0, 999, 1000, 1500, 2000, 1999, 5000];
    const { out } = await outcome(
      ['{ dedupe: /id, within: 1s }'],
      times.map((t) => [t, { id: 1, t }]),
    );
    // What came late is judged by the latest time.
    expect(out).toEqual([0, 1000, 2000, 5000].map((t) => ({ id: 1, t })));
  });

  it('knows a value for so many events', async () => {
    const ids = ['a', 'b', 'a', 'b', 'c', 'd', 'a', 'a'];
    const { out } = await outcomeOf(['{ dedupe: $input, within: 2 events }'], ids);
    expect(out).toEqual(['a', 'b', 'c', 'd', 'a']);
  });

  it('of a row of equal events lets the first pass', async () => {
    const { out } = await outcomeOf(['{ dedupe: $input, within: 1 event }'], ['a', 'a', 'b', 'a', 'a', 'a', 'c']);
    expect(out).toEqual(['a', 'b', 'a', 'c']);
  });

  it('forgets the oldest when it knows too many, and counts them', async () => {
    const { out, stages } = await outcomeOf(['{ dedupe: $input, max_keys: 2 }'], ['a', 'b', 'c', 'a', 'c']);
    expect(out).toEqual(['a', 'b', 'c', 'a']);
    expect(stages).toMatchObject([{ in: 5, out: 4, filtered: 1, forgotten: 2 }]);
  });
});

describe('throttle', () => {
  it('lets as many pass as its bucket has tokens, which come back steadily', async () => {
    const times = [0, 0, 0, 499, 500, 500, 999, 1000, 9000, 9000, 9000];
    const { out } = await outcome(
      ['throttle: 2/1s'],
      times.map((t, at) => [t, at]),
    );
    expect(out).toEqual([0, 1, 4, 7, 8, 9]);
  });

  it('goes by a time of its own, where one is named', async () => {
    const { out } = await outcomeOf(['{ throttle: 1/1s, time: $input }'], [0, 999, 1000, '1970-01-01T00:00:02Z']);
    expect(out).toEqual([0, 1000, '1970-01-01T00:00:02Z']);
  });

  it('has a burst, and a bucket for each value of by', async () => {
    const { out } = await outcome(
      ['{ throttle: 1/1s, burst: 2, by: /k }'],
      ['a', 'a', 'a', 'b', 'b', 'b'].map((k, at) => [1000, { k, at }]),
    );
    expect(out).toMatchObject([{ at: 0 }, { at: 1 }, { at: 3 }, { at: 4 }]);
  });

  it('marks the others with a routing key instead', async () => {
    const { out, counts } = await outcome(
      ['{ throttle: 1/1s, mark: true }'],
      [
        [0, 'first'],
        [0, 'second'],
      ],
      { envelope: true },
    );
    expect(counts).toMatchObject({ output: 2, filtered: 0 });
    expect(out[0]).not.toHaveProperty('metadata.routing_key');
    expect(out[1]).toMatchObject({
      data: 'second',
      metadata: { routing_key: 'throttled' },
    });
  });

  it('marks them whatever routing key the pipeline gives the others', async () => {
    const pipeline = await pipelineOf(['{ throttle: 1/1h, mark: true }'], '    routing_key: $input\n');
    const { out } = seenIn([
      feed(open(pipeline, { envelope: true }), [
        [0, 'a'],
        [0, 'b'],
      ]),
    ]);
    expect(out).toMatchObject([{ metadata: { routing_key: 'a' } }, { metadata: { routing_key: 'throttled' } }]);
  });

  it('takes nothing from the bucket for an event that fails later', async () => {
    const { out } = await outcome(
      ['throttle: 1/1h', PLUS_ONE],
      [
        [0, 'no'],
        [0, 1],
        [0, 2],
      ],
    );
    expect(out).toEqual([2]);
  });

  it('forgets the oldest values, and counts them', async () => {
    const { stages } = await outcomeOf(['{ throttle: 1/1h, by: $input, max_keys: 1 }'], ['a', 'b', 'a']);
    expect(stages).toMatchObject([{ out: 3, forgotten: 2 }]);
  });
});

describe('fold', () => {
  it('numbers the events, and shows the one before', async () => {
    const { out } = await outcomeOf(['fold: number', 'fold: previous'], [{ a: 1 }, { a: 2 }]);
    const first = { a: 1, number: 1 };
    expect(out).toEqual([
      { ...first, previous: null },
      { a: 2, number: 2, previous: first },
    ]);
  });

  it('puts the number where into says, in place of what is there', async () => {
    const { out, letters } = await outcomeOf(
      ['{ fold: number, into: /meta/nr }', '{ fold: previous, into: /before }'],
      [{ meta: { nr: 'x', a: 1 } }, {}, { meta: 7 }],
    );
    const first = { meta: { nr: 1, a: 1 } };
    expect(out).toEqual([
      { ...first, before: null },
      { meta: { nr: 2 }, before: first },
    ]);
    expect(letters).toMatchObject([{ id: idOf(2), message: expect.stringContaining('not an object') as string }]);
  });

  it('fails an event whose state would be too long, and leaves the state as it was', async () => {
    const { out, letters } = await outcomeOf(
      ["{ fold: { start: [], max_bytes: 21B, step: '[append($inputs/2, [$input]), count($inputs/2)]' } }"],
      ['12345', '6789ä', '1', ''],
    );
    expect(out).toEqual([0, 1, 2]);
    expect(letters).toMatchObject([
      { id: idOf(2), kind: 'limit_exceeded', message: 'the state would be 22 bytes long, more than 21 (max_bytes)' },
    ]);
  });

  it('fails an event whose state would be nested too deep', async () => {
    const { out, letters } = await outcomeOf(
      ["{ fold: { step: '[[$inputs/2], 1]' } }"],
      Array.from({ length: 103 }, () => 1),
    );
    expect(out.length).toBe(100);
    expect(letters).toMatchObject(
      [100, 101, 102].map((n) => ({
        id: idOf(n),
        kind: 'limit_exceeded',
        message: 'the state would be nested deeper than 100 levels (processing.max_depth)',
      })),
    );
  });

  it('carries a state from event to event, one for each value of by', async () => {
    const { out } = await outcomeOf(
      ["{ fold: { by: /k, start: 10, step: '[$inputs/2 + /n, {/k, total: $inputs/2 + /n}]' } }"],
      [
        { k: 'a', n: 1 },
        { k: 'b', n: 2 },
        { k: 'a', n: 3 },
      ],
    );
    expect(out).toEqual([
      { k: 'a', total: 11 },
      { k: 'b', total: 12 },
      { k: 'a', total: 14 },
    ]);
  });

  it('fails an event for which the step gives no pair, and leaves the state as it was', async () => {
    const step = 'if /bad ?? false then [1, 2, 3] else [($inputs/2 ?? 0) + 1, $inputs/2]';
    const { out, letters } = await outcomeOf([`{ fold: { step: '${step}' } }`], [{}, { bad: true }, {}]);
    expect(out).toEqual([null, 1]);
    expect(letters).toMatchObject([
      {
        id: idOf(1),
        message: 'the step of a fold must give [state, data], got a list of 3',
      },
    ]);
  });

  it('leaves the state as it was when a later stage fails', async () => {
    const { out } = await outcomeOf(['fold: number', "computo: '[/number, /n + 1]'"], [{ n: 'no' }, { n: 1 }]);
    expect(out).toEqual([[1, 2]]);
  });

  it('forgets the oldest states, and counts them', async () => {
    const { out, stages } = await outcomeOf(
      ["{ fold: { by: $input, max_keys: 1, step: '[($inputs/2 ?? 0) + 1, ($inputs/2 ?? 0) + 1]' } }"],
      ['a', 'a', 'b', 'a'],
    );
    expect(out).toEqual([1, 2, 1, 1]);
    expect(stages).toMatchObject([{ forgotten: 2 }]);
  });
});

describe('batch', () => {
  it('closes by size, and at the end of the input', async () => {
    const { out, counts } = await outcomeOf(['batch: { size: 2 }'], [1, 2, 3]);
    expect(out).toEqual([[1, 2], [3]]);
    expect(counts).toMatchObject({
      input: 3,
      made: 2,
      merged: 3,
      output: 2,
      open: 0,
    });
  });

  it('closes when an event comes that is so much younger than its first', async () => {
    const times = [0, 4999, 5000, 5001, 10_000];
    const { out } = await outcome(
      ['batch: { within: 5s }'],
      times.map((t) => [t, t]),
    );
    expect(out).toEqual([[0, 4999], [5000, 5001], [10_000]]);
  });

  it('goes by a time of its own, where one is named', async () => {
    const { out } = await outcomeOf(['batch: { within: 5s, time: $input }'], [0, 4999, 5000]);
    expect(out).toEqual([[0, 4999], [5000]]);
  });

  it('is closed by a tick, and of the place of its last member', async () => {
    const { out, counts } = await outcome(
      ['batch: { within: 5s }'],
      [
        [0, 'a'],
        [1, 'b'],
        [4999, TICK],
        [5000, TICK],
        [5001, 'c'],
      ],
      { envelope: true },
    );
    expect(out).toMatchObject([
      { id: idOf(1), data: ['a', 'b'] },
      { id: idOf(4), data: ['c'] },
    ]);
    expect(counts).toMatchObject({ input: 3, made: 2, merged: 3, open: 0 });
  });

  it('closes by the length of its data', async () => {
    const { out } = await outcomeOf(['batch: { bytes: 10B }'], ['12345678', 'a', 'b', '1234567890']);
    expect(out).toEqual([['12345678'], ['a', 'b', '1234567890']]);
  });

  it('has a batch for each value of by, and closes the oldest when too many are open', async () => {
    const events = ['a1', 'b1', 'a2', 'c1', 'b2'].map((v) => ({ k: v[0], v }));
    const { out } = await outcomeOf(['batch: { by: /k, size: 2, max_keys: 1 }'], events);
    expect((out as { v: string }[][]).map((one) => one.map(({ v }) => v))).toEqual([
      ['a1'],
      ['b1'],
      ['a2'],
      ['c1'],
      ['b2'],
    ]);
    const together = await outcomeOf(['batch: { by: /k, size: 2 }'], events);
    expect((together.out as { v: string }[][]).map((one) => one.map(({ v }) => v))).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
      ['c1'],
    ]);
  });

  it('fails each of its events when it fails', async () => {
    const { out, letters, counts, stages } = await outcomeOf(
      ['batch: { size: 2 }', "computo: '/0/n + /1/n'"],
      [{ n: 1 }, { n: 'no' }, { n: 2 }, { n: 3 }],
    );
    expect(out).toEqual([5]);
    expect(letters).toMatchObject([
      { id: idOf(0), data: { n: 1 } },
      { id: idOf(1), data: { n: 'no' } },
    ]);
    expect(counts).toMatchObject({
      input: 4,
      made: 1,
      merged: 2,
      output: 1,
      deadLettered: 2,
    });
    expect(stages).toMatchObject([
      { in: 2, made: 1, merged: 2, out: 1 },
      { in: 1, out: 1 },
    ]);
  });

  it.each([false, true])('fails an event once, whose parts are in it (parseWhole: %s)', async (parseWhole) => {
    const event = { items: ['a', 'b', 'c'] };
    const { letters, counts } = await outcomeOf(['explode: /items', 'batch: {}', PLUS_ONE], [event, { items: ['d'] }], {
      parseWhole,
    });
    expect(letters).toMatchObject([
      { id: idOf(0), data: event },
      { id: idOf(1), data: { items: ['d'] } },
    ]);
    expect(counts.input + counts.made).toBe(counts.deadLettered + counts.merged);
  });

  it('fails as what it was made of, when that was made of several', async () => {
    const { letters } = await outcomeOf(
      ['aggregate: { by: { k: $input }, values: { n: count } }', 'batch: {}', PLUS_ONE],
      ['a', 'b', 'a'],
    );
    expect(letters).toMatchObject([
      { id: `${idOf(2)}.end.0`, data: { k: 'a', n: 2 } },
      { id: `${idOf(2)}.end.1`, data: { k: 'b', n: 1 } },
    ]);
  });
});

describe('aggregate', () => {
  const values =
    '{ n: count, sum: { sum: /v }, mean: { mean: /v }, min: { min: /v }, max: { max: /v }, first: { first: /v }, last: { last: /v }, distinct: { distinct: /v }, q: { quantile: [/v, 0.5] }, top: { top: 2, by: /v } }';

  it('makes all its values, without null', async () => {
    const events = [3, null, 1, 3, 8].map((v, at) => ({ v, at }));
    const { out, counts } = await outcomeOf([`aggregate: { values: ${values} }`], events);
    expect(out).toEqual([
      {
        n: 5,
        sum: 15,
        mean: 3.75,
        min: 1,
        max: 8,
        first: 3,
        last: 8,
        distinct: 3,
        q: 3,
        top: [events[4], events[0]],
      },
    ]);
    expect(counts).toMatchObject({
      input: 5,
      made: 1,
      merged: 5,
      output: 1,
      open: 0,
    });
  });

  it('makes null of nothing', async () => {
    const { out } = await outcomeOf([`aggregate: { values: ${values} }`], [{ v: null }]);
    expect(out).toEqual([
      {
        n: 1,
        sum: 0,
        mean: null,
        min: null,
        max: null,
        first: null,
        last: null,
        distinct: 0,
        q: null,
        top: [],
      },
    ]);
    expect((await outcomeOf([`aggregate: { values: ${values} }`], [])).out).toEqual([]);
  });

  it('refuses what it can make nothing of, and counts the others', async () => {
    const { out, letters } = await outcomeOf(
      ['aggregate: { values: { s: { sum: /v }, n: count } }'],
      [{ v: 1 }, { v: 'x' }, { v: 2 }],
    );
    expect(out).toEqual([{ s: 3, n: 2 }]);
    expect(letters).toMatchObject([
      {
        id: idOf(1),
        kind: 'invalid_argument',
        message: 's: sum needs numbers, got a string: number.parse makes one of a text',
      },
    ]);
  });

  it('adds integers exactly, and is null beyond the doubles, after a restart too', async () => {
    const exact = ['{"v":9007199254740993}', '{"v":9007199254740993}'].map((text) => JSON.parse(text) as object);
    expect((await outcomeOf(["aggregate: { values: { s: { sum: '9007199254740993' } } }"], exact)).text).toBe(
      '{"s":18014398509481986}\n',
    );
    const pipeline = await pipelineOf(['aggregate: { values: { s: { sum: /v }, m: { mean: /v } } }']);
    const before = open(pipeline);
    before.state.track();
    const { changes = [] } = feed(before, [
      [0, { v: 1.7e308 }],
      [0, { v: 1.7e308 }],
      [0, { v: 0.5 }],
    ]);
    const after = open(pipeline);
    after.state.restore(throughJson(changes));
    expect(seenIn([feed(after, [[0, { v: 1 }]], 3), end(after)]).out).toEqual([{ s: null, m: null }]);
  });

  it('tells groups apart by its keys, in their order or the greatest first', async () => {
    const events = ['b', 'a', 'c', 'b', 2, 10, 'c', 'c'].map((k) => ({ k }));
    const plain = await outcomeOf(['aggregate: { by: { k: /k }, values: { n: count } }'], events);
    expect((plain.out as { k: unknown }[]).map(({ k }) => k)).toEqual([2, 10, 'a', 'b', 'c']);
    const sorted = await outcomeOf(['aggregate: { by: { k: /k }, values: { n: count }, greatest_first: n }'], events);
    expect((sorted.out as { k: unknown }[]).map(({ k }) => k)).toEqual(['c', 'b', 2, 10, 'a']);
  });

  it('has windows in step with the clock, and closes them by the newest time', async () => {
    const pipeline = await pipelineOf(['aggregate: { by: { k: /k }, every: 1m, values: { n: count } }']);
    const process = open(pipeline);
    const minute = 60_000;
    const early = seenIn([
      feed(process, [
        [minute + 1, { k: 'b' }],
        [2 * minute - 1, { k: 'a' }],
        [2 * minute, { k: 'a' }],
      ]),
    ]);
    expect(early.out).toEqual([
      {
        k: 'a',
        start: '1970-01-01T00:01:00.000Z',
        end: '1970-01-01T00:02:00.000Z',
        n: 1,
      },
      {
        k: 'b',
        start: '1970-01-01T00:01:00.000Z',
        end: '1970-01-01T00:02:00.000Z',
        n: 1,
      },
    ]);
    expect(early.counts).toMatchObject({
      input: 3,
      made: 2,
      merged: 2,
      output: 2,
      open: 1,
    });
    expect(seenIn([end(process)]).counts).toMatchObject({
      made: 1,
      merged: 1,
      output: 1,
      open: -1,
    });
  });

  it('fails what comes too late, and takes it as long as late says', async () => {
    const times = [1000, 2000, 999, 1999];
    const events = times.map((t) => [t, { t }] as const);
    const strict = await outcome(['aggregate: { every: 1s, values: { n: count } }'], events);
    expect(strict.letters).toMatchObject([
      { id: idOf(2), kind: 'too_late' },
      { id: idOf(3), kind: 'too_late' },
    ]);
    const patient = await outcome(['aggregate: { every: 1s, late: 1s, values: { n: count } }'], events);
    expect(patient.letters).toMatchObject([{ id: idOf(2) }]);
    expect(patient.out).toMatchObject([{ n: 2 }, { n: 1 }]);
  });

  it('takes the time that a script gives', async () => {
    const times = [1_700_000_000_000, '2023-11-14T22:13:20.500Z', 1_700_000_000, 'yesterday'];
    const { out, letters } = await outcomeOf(
      ['aggregate: { every: 1s, time: /t, values: { n: count } }'],
      times.map((t) => ({ t })),
    );
    expect(out).toMatchObject([{ n: 2, start: '2023-11-14T22:13:20.000Z' }]);
    expect(letters.map(({ id }) => id)).toEqual([idOf(2), idOf(3)]);
    expect(letters[0]?.message).toContain('multiply it by 1000');
  });

  it('has sessions, which an event between two makes one', async () => {
    const stages = [
      'aggregate: { by: { k: /k }, session: 10s, late: 1m, values: { n: count, first: { first: /at } } }',
    ];
    const { out } = await outcome(
      stages,
      [0, 15, 8, 40].map((s) => [s * 1000, { k: 'x', at: s }]),
    );
    expect(out).toMatchObject([
      {
        n: 3,
        start: '1970-01-01T00:00:00.000Z',
        end: '1970-01-01T00:00:25.000Z',
        first: 0,
      },
      {
        n: 1,
        start: '1970-01-01T00:00:40.000Z',
        end: '1970-01-01T00:00:50.000Z',
      },
    ]);
  });

  it('takes an event into a session that is still open, however late it comes', async () => {
    const { out, letters } = await outcome(
      ['aggregate: { session: 10s, values: { n: count } }'],
      [0, 9, 18, 27, 8, 50].map((s) => [s * 1000, s]),
    );
    expect(letters).toEqual([]);
    expect(out).toMatchObject([{ n: 5 }, { n: 1 }]);
  });

  it('takes all parts of an event before it closes a window, in whatever order they are', async () => {
    const { out, letters } = await outcomeOf(
      ['explode: $input', 'aggregate: { every: 1s, time: $input, values: { n: count } }'],
      [[1_700_000_005_000, 1_700_000_001_000, 1_700_000_001_500]],
    );
    expect(letters).toEqual([]);
    expect(out).toMatchObject([{ n: 2 }, { n: 1 }]);
  });

  it('refuses further groups when it has too many, and goes on with those that are open', async () => {
    const { out, letters } = await outcomeOf(
      ['aggregate: { by: { k: $input }, max_keys: 2, values: { n: count } }'],
      ['a', 'b', 'c', 'a', 'b'],
    );
    expect(out).toEqual([
      { k: 'a', n: 2 },
      { k: 'b', n: 2 },
    ]);
    expect(letters).toMatchObject([{ id: idOf(2), kind: 'limit_exceeded' }]);
  });

  it('takes a further group when its event closes another', async () => {
    const { out, letters } = await outcome(
      ['aggregate: { by: { k: $input }, every: 1s, max_keys: 1, values: { n: count } }'],
      [
        [0, 'a'],
        [1000, 'b'],
        [1001, 'c'],
      ],
    );
    expect(out).toMatchObject([{ k: 'a' }, { k: 'b' }]);
    expect(letters).toMatchObject([{ data: 'c', kind: 'limit_exceeded' }]);
  });

  it('counts different values up to a limit, and what it forgets', async () => {
    const { out, stages } = await outcomeOf(
      ['aggregate: { max_distinct: 2, values: { d: { distinct: $input } } }'],
      ['a', 'b', 'c', 'a', 'c'],
    );
    expect(out).toEqual([{ d: 2 }]);
    expect(stages).toMatchObject([{ forgotten: 2 }]);
  });

  it('knows a quantile of 2000 values exactly, and of more within half a percent', async () => {
    const shuffled = (count: number): { v: number }[] =>
      Array.from({ length: count }, (_, at) => ({
        v: ((at * 7919) % count) + 1,
      }));
    const stages = ['aggregate: { values: { half: { quantile: [/v, 0.5] }, p95: { quantile: [/v, 0.95] } } }'];
    expect((await outcomeOf(stages, shuffled(2000))).out).toEqual([{ half: 1000.5, p95: 1900.05 }]);
    const [many] = (await outcomeOf(stages, shuffled(20_000))).out as {
      half: number;
      p95: number;
    }[];
    expect(Math.abs((many?.half ?? 0) / 10_000.5 - 1)).toBeLessThan(0.0051);
    expect(Math.abs((many?.p95 ?? 0) / 19_000.05 - 1)).toBeLessThan(0.0051);
  });

  it('of negative numbers, zeros and the least doubles too', async () => {
    const v = [-5e-324, -1000, 0, 1e308, 5e-324, 7];
    const many = Array.from({ length: 3000 }, (_, at) => ({
      v: v[at % v.length],
    }));
    for (const [share, exact] of [
      [0.05, -1000],
      [0.4, 0],
      [0.75, 7],
      [1, 1e308],
    ] as const) {
      const { out } = await outcomeOf([`aggregate: { values: { q: { quantile: [/v, ${share}] } } }`], many);
      const [{ q }] = out as [{ q: number }];
      expect(Math.abs(q - exact)).toBeLessThanOrEqual(Math.abs(exact) * 0.005);
    }
  });

  it('closes windows by a tick, which is no event', async () => {
    const process = open(
      await pipelineOf(['aggregate: { by: { k: $input }, every: 10s, late: 1s, values: { n: count } }']),
    );
    expect(feed(process, [[1000, 'a']])).toMatchObject({ nextTick: 11_000 });
    expect(feed(process, [[12_000, 'b']], 1)).toMatchObject({ nextTick: 21_000 });
    const tooEarly = feed(process, [[20_999, TICK]], 2);
    expect(tooEarly).toMatchObject({ nextTick: 21_000, counts: { input: 0, made: 0 } });
    const closed = feed(process, [[21_000, TICK]], 3);
    expect(closed).not.toHaveProperty('nextTick');
    expect(closed.counts).toMatchObject({ input: 0, made: 1, merged: 1, open: -1, output: 1 });
    expect(seenIn([closed]).out).toMatchObject([{ k: 'b', n: 1, end: '1970-01-01T00:00:20.000Z' }]);
    // What comes then and belongs to it is too late.
    expect(seenIn([feed(process, [[19_000, 'b']], 4)]).letters).toMatchObject([{ kind: 'too_late' }]);
  });

  it('lets ticks bring its own time on while none of its events come', async () => {
    const process = open(
      await pipelineOf(['aggregate: { every: 10s, time: $input, ahead: 1d, values: { n: count } }']),
    );
    // Events of long ago: three seconds of their window are left.
    const first = feed(process, [[500_000, 7000]]);
    expect(first).toMatchObject({ nextTick: 503_000 });
    expect(feed(process, [[502_999, TICK]], 1)).toMatchObject({ nextTick: 503_000 });
    expect(seenIn([feed(process, [[503_000, TICK]], 2)]).out).toMatchObject([{ n: 1 }]);
  });

  it('lets no time pass for events that have one of their own while nobody is there to take them', async () => {
    const own = open(await pipelineOf(['aggregate: { every: 10s, time: $input, ahead: 1d, values: { n: count } }']));
    feed(own, [[500_000, 7000]]);
    expect(feed(own, [[900_000, START]], 1)).toMatchObject({ nextTick: 903_000 });
    expect(seenIn([feed(own, [[900_001, 9000]], 2), end(own)]).out).toMatchObject([{ n: 2 }]);
    const stamped = open(await pipelineOf(['aggregate: { every: 10s, values: { n: count } }']));
    feed(stamped, [[500_000, 1]]);
    expect(seenIn([feed(stamped, [[900_000, START]], 1)]).out).toMatchObject([{ n: 1 }]);
  });

  it('tells by their ids what an event, a tick and the end of the input have closed', async () => {
    const stage = 'aggregate: { by: { k: $input }, every: 1s, values: { n: count } }';
    const input: Stored[] = [
      [0, 'a'],
      [0, 'b'],
      [1000, 'c'],
      [2000, TICK],
      [2500, 'd'],
    ];
    const { out } = await outcome([stage], input, { envelope: true });
    expect(out).toMatchObject([
      { id: `${idOf(2)}.0`, data: { k: 'a' } },
      { id: `${idOf(2)}.1`, data: { k: 'b' } },
      { id: `${idOf(3)}.0`, data: { k: 'c' }, metadata: { source: 's' } },
      { id: `${idOf(4)}.end.0`, data: { k: 'd' } },
    ]);
  });

  it('has weeks from Monday on', async () => {
    const { out } = await outcomeOf(
      ['aggregate: { every: 1w, time: $input, values: { n: count } }'],
      ['2026-03-29T23:59:59Z', '2026-03-30T00:00:00Z'],
    );
    expect(out).toMatchObject([{ start: '2026-03-23T00:00:00.000Z' }, { start: '2026-03-30T00:00:00.000Z' }]);
  });

  it('fails an event whose time is far ahead, which would close all windows', async () => {
    const stage = (more: string): string => `aggregate: { every: 1h, time: $input, values: { n: count }${more} }`;
    const times = [1_800_000_000_000, 1_800_000_000_000 + 25 * 3_600_000, 1_800_000_001_000];
    const { out, letters } = await outcomeOf([stage('')], times);
    expect(out).toMatchObject([{ n: 2 }]);
    expect(letters).toMatchObject([{ id: idOf(1), kind: 'invalid_argument' }]);
    expect((await outcomeOf([stage(', ahead: 26h')], times)).letters).toMatchObject([
      { id: idOf(2), kind: 'too_late' },
    ]);
  });

  it('lets so many groups of each window go on, and counts the others as merged', async () => {
    const stage =
      'aggregate: { by: { k: /k }, every: 1s, time: /t, values: { n: count }, greatest_first: n, limit: 2 }';
    const events = ['a b b c c', 'd d e'].flatMap((keys, second) =>
      keys.split(' ').map((k) => ({ k, t: 1_800_000_000_000 + second * 1000 })),
    );
    const { out, counts, stages } = await outcomeOf([stage], events);
    expect((out as { k: string }[]).map(({ k }) => k)).toEqual(['b', 'c', 'd', 'e']);
    expect(counts).toMatchObject({ input: 8, made: 4, merged: 8, output: 4, open: 0 });
    expect(stages).toMatchObject([{ in: 8, made: 4, merged: 8, out: 4, open: 0 }]);
  });

  it('is a dead letter of its own when a later stage fails', async () => {
    const { letters, counts, stages } = await outcomeOf(
      ['aggregate: { by: { k: $input }, values: { n: count } }', "computo: '1 / (/n - 1)'"],
      ['a', 'b', 'b'],
    );
    expect(letters).toMatchObject([{ id: `${idOf(2)}.end.0`, data: { k: 'a', n: 1 } }]);
    expect(counts).toMatchObject({
      input: 3,
      made: 2,
      merged: 3,
      output: 1,
      deadLettered: 1,
    });
    expect(stages).toMatchObject([
      { in: 3, out: 2, made: 2, merged: 3 },
      { in: 1, out: 1 },
    ]);
  });

  it('lets all that it has made go on when one of them stops the run', async () => {
    const { out, letters, stopped, counts } = await outcomeOf(
      ['aggregate: { by: { k: $input }, values: { n: count } }', "computo: '1 / (/n - 1)'"],
      ['a', 'b', 'b', 'c', 'c'],
      { onError: { kind: 'stop' } },
    );
    expect(stopped).toBe(true);
    expect(out).toEqual([1, 1]);
    expect(letters).toHaveLength(1);
    expect(counts.input + counts.made).toBe(counts.output + counts.deadLettered + counts.merged);
  });
});
