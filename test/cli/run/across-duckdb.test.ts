import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson } from '../../../src/json/index.js';
import { runCli, scratch } from '../../support/cli.js';
import { DUCKDB_MISSING, openDuckDb } from '../../support/duckdb.js';
import { modelRuns } from '../../support/runs.js';

/** An event of the input; `i` is its place. Integers that no double holds are among `n`. */
interface Event {
  readonly k: string | null;
  readonly id: number;
  readonly n: bigint | null;
  readonly t: number;
  readonly items: readonly number[];
}

const DAY = Date.UTC(2026, 0, 31);

const event: fc.Arbitrary<Event> = fc.record({
  k: fc.constantFrom('a', 'b', 'B', '', 'ä', '\uFFFD', '𝒳', '7', null),
  id: fc.nat(12),
  n: fc.option(fc.oneof(fc.bigInt(-5n, 5n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n))),
  t: fc.nat(10 * 60_000).map((ms) => DAY + ms),
  items: fc.array(fc.nat(4), { maxLength: 4 }),
});

const INPUT =
  "read_ndjson('INPUT', columns = {i: 'BIGINT', k: 'VARCHAR', id: 'BIGINT', n: 'BIGINT', t: 'BIGINT', items: 'BIGINT[]'}) e";

interface Question {
  readonly what: string;
  /** Of `input`, whose place is in `i`. */
  readonly sql: string;
  /** As they stand in a config, in YAML. */
  readonly stages: readonly string[];
  /** Flags in place of stages. */
  readonly flags?: readonly string[];
}

const GROUP = '{ n: count, sum: { sum: /n }, min: { min: /n }, max: { max: /n }, ids: { distinct: /id } }';
const GROUPED = 'count(*) n, coalesce(sum(n), 0) sum, min(n) min, max(n) max, count(distinct id) ids';
const isoOf = (ms: string): string => `strftime(make_timestamp((${ms}) * 1000), '%Y-%m-%dT%H:%M:%S.%gZ')`;

const QUESTIONS: readonly Question[] = [
  {
    what: 'counts, sums, least, greatest and different values by key',
    sql: `select k, ${GROUPED} from input group by k order by k nulls first`,
    stages: [`aggregate: { by: { k: /k }, values: ${GROUP} }`],
  },
  {
    what: 'the same of everything',
    sql: `select ${GROUPED} from input having count(*) > 0`,
    stages: [`aggregate: { values: ${GROUP} }`],
  },
  {
    what: 'groups by two keys, the greatest first',
    sql: 'select id, k, count(*) n from input group by all order by n desc, id, k nulls first',
    stages: ['aggregate: { by: { id: /id, k: /k }, values: { n: count }, greatest_first: n }'],
  },
  {
    what: 'how often each value is there',
    sql: 'select k, count(*) count from input group by k order by count desc, k nulls first',
    stages: [],
    flags: ['--count-by', '/k'],
  },
  {
    what: 'the greatest of each group',
    sql: 'select i, k, n from input where n is not null qualify row_number() over (partition by k order by n desc, i) <= 3 order by k nulls first, n desc, i',
    stages: [
      'aggregate: { by: { k: /k }, values: { top: { top: 3, by: /n } } }',
      'explode: /top',
      "computo: '{/i, /k, /n}'",
    ],
  },
  {
    what: 'the first of equal ones',
    sql: 'select i from input qualify row_number() over (partition by id, k order by i) = 1 order by i',
    stages: ["dedupe: '[/id, /k]'", "computo: '{/i}'"],
  },
  {
    what: 'those whose like was not among the last five',
    sql: 'select i from input qualify coalesce(i - lag(i) over (partition by id order by i) > 5, true) order by i',
    stages: ['{ dedupe: /id, within: 5 events }', "computo: '{/i}'"],
  },
  {
    what: 'minutes',
    sql: `select k, ${isoOf('s')} "start", ${isoOf('s + 60000')} "end", ${GROUPED} from (select *, t - t % 60000 s from input) group by k, s order by s, k nulls first`,
    stages: [`aggregate: { by: { k: /k }, every: 1m, time: /t, late: 1d, values: ${GROUP} }`],
  },
  {
    what: 'minutes, without those that come too late',
    sql: `select k, ${isoOf('s')} "start", ${isoOf('s + 60000')} "end", ${GROUPED} from (select *, t - t % 60000 s, max(t) over (order by i rows between unbounded preceding and 1 preceding) - 90000 mark from input) where mark is null or s + 60000 > mark group by k, s order by s, k nulls first`,
    stages: [`aggregate: { by: { k: /k }, every: 1m, time: /t, late: 90s, values: ${GROUP} }`],
  },
  {
    what: 'sessions',
    sql: `select id, ${isoOf('min(t)')} "start", ${isoOf('max(t) + 45000')} "end", count(*) n from (select *, count(*) filter (fresh) over (partition by id order by t, i) nr from (select *, coalesce(t - lag(t) over (partition by id order by t, i) >= 45000, true) fresh from input)) group by id, nr order by max(t), id`,
    stages: ['aggregate: { by: { id: /id }, session: 45s, time: /t, late: 1d, values: { n: count } }'],
  },
  {
    what: 'elements of lists',
    sql: 'select i, item, nr from (select i, unnest(items) item, generate_subscripts(items, 1) - 1 nr from input) order by i, nr',
    stages: ['{ explode: /items, into: /item, index: /nr }', "computo: '{/i, /item, /nr}'"],
  },
  {
    what: 'how often each element is there',
    sql: 'select item item, count(*) n from (select unnest(items) item from input) group by item order by item',
    stages: ['explode: /items', 'aggregate: { by: { item: $input }, values: { n: count } }'],
  },
  {
    what: 'running sums by key',
    sql: 'select i, coalesce(sum(n) over (partition by k order by i), 0) sum from input order by i',
    stages: ["fold: { by: /k, start: 0, step: 'let sum = $inputs/2 + (/n ?? 0) in [sum, {/i, sum}]' }"],
  },
];

const textsOf = (values: readonly unknown[]): readonly string[] =>
  values.map((value) => stringifyJson(value as Parameters<typeof stringifyJson>[0]));

describe(`DuckDB gives the same answer for${DUCKDB_MISSING}`, () => {
  it.skipIf(DUCKDB_MISSING !== '').each(QUESTIONS)('$what', async ({ sql, stages, flags = ['-p', 'p'] }) => {
    const ask = await openDuckDb();
    const cwd = scratch();
    const written = stages.map((stage) => `      - ${stage}\n`).join('');
    if (written !== '') writeFileSync(join(cwd, 'colloquium.yaml'), `pipelines:\n  p:\n    stages:\n${written}`);
    const input = join(cwd, 'events.ndjson');
    const from = INPUT.replace('INPUT', input);
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 400, size: 'max' }), async (events) => {
        const lines = events.map((one, i) => `${stringifyJson({ i, ...one, items: [...one.items] })}\n`);
        writeFileSync(input, lines.join(''));
        const theirs = await ask(`with input as materialized (select * from ${from}) ${sql}`);
        const { stdout, stderr } = await runCli(['run', ...flags, 'events.ndjson'], { cwd });
        const ours = stdout.split('\n').flatMap((line) => (line === '' ? [] : [parseJson(line)]));
        expect(textsOf(ours), stderr).toEqual(textsOf(theirs));
      }),
      modelRuns(4),
    );
  });
});
