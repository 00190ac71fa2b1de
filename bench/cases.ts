/** What one case is to each contestant: the same task in its language. */
export interface Case {
  readonly name: string;
  readonly data: DataKind;
  /** Of the events that the bench was asked for; long events need fewer. */
  readonly share: number;
  readonly stages: readonly Stage[];
  /** For jq and gojq. */
  readonly jq: string;
  /** Miller's verbs. */
  readonly miller?: readonly string[];
  /** Events a second that the reference engine of the language did. */
  readonly referencePerSecond?: number;
  /** A SELECT from `events`. */
  readonly sql?: string;
}

export type DataKind = 'event' | 'long' | 'list' | 'log';

type Stage = { readonly filter: unknown } | { readonly computo: unknown };

const input = (pointer: string): unknown => ['$input', pointer];

const PROJECTION = [
  'obj',
  'id',
  input('/id'),
  'ts',
  input('/ts'),
  'who',
  input('/user/name'),
  'level',
  input('/level'),
  'score',
  input('/score'),
];
const PROJECTION_JQ = '{id, ts, who: .user.name, level, score}';
const PROJECTION_SQL = 'id, ts, "user".name AS who, level, score';
const PROJECTION_MILLER = [
  'put',
  '$* = {"id": $id, "ts": $ts, "who": $user["name"], "level": $level, "score": $score}',
];

const NUMBERS = ['filter', input('/values'), ['lambda', ['x'], ['>', ['$', '/x'], 100]]];
const SQUARES = ['map', NUMBERS, ['lambda', ['x'], ['*', ['$', '/x'], ['$', '/x']]]];

export const CASES: readonly Case[] = [
  {
    name: 'identity',
    data: 'event',
    share: 1,
    stages: [{ computo: ['$input'] }],
    jq: '.',
    miller: ['cat'],
    sql: '*',
  },
  {
    name: 'projection',
    referencePerSecond: 106_000,
    data: 'event',
    share: 1,
    stages: [{ computo: PROJECTION }],
    jq: PROJECTION_JQ,
    miller: PROJECTION_MILLER,
    sql: PROJECTION_SQL,
  },
  {
    name: 'optional fields',
    data: 'event',
    share: 1,
    stages: [
      {
        computo: [
          'obj',
          'id',
          input('/id'),
          'nick',
          ['value.or', input('/user/nick'), input('/user/name')],
          'country',
          ['value.or', input('/user/country'), '??'],
          'city',
          ['value.or', input('/user/geo/city'), 'nowhere'],
        ],
      },
    ],
    jq: '{id, nick: (.user.nick // .user.name), country: (.user.country // "??"), city: (.user.geo.city // "nowhere")}',
  },
  {
    name: 'texts and times',
    data: 'log',
    share: 1,
    stages: [
      {
        computo: [
          'obj',
          'id',
          input('/id'),
          'at',
          ['time.parse', input('/at')],
          'who',
          ['text.lower', input('/user')],
          'parts',
          ['text.split', input('/path'), '/'],
          'nick',
          ['value.or', input('/nick'), 'none'],
        ],
      },
    ],
    jq: '{id, at: (.at | fromdate * 1000), who: (.user | ascii_downcase), parts: (.path | split("/")), nick: (.nick // "none")}',
  },
  {
    name: 'filter + projection',
    data: 'event',
    share: 1,
    stages: [{ filter: ['==', input('/level'), 'error'] }, { computo: PROJECTION }],
    jq: `select(.level == "error") | ${PROJECTION_JQ}`,
    miller: ['filter', '$level == "error"', 'then', ...PROJECTION_MILLER],
    sql: `${PROJECTION_SQL} WHERE level = 'error'`,
  },
  {
    name: 'arithmetic',
    referencePerSecond: 100_000,
    data: 'event',
    share: 1,
    stages: [
      {
        computo: [
          'obj',
          'id',
          input('/id'),
          'total',
          ['*', input('/qty'), input('/user/id')],
          'band',
          ['if', ['>', input('/score'), 0.5], 'high', 'low'],
          'label',
          ['strConcat', input('/user/name'), '@', input('/user/country')],
        ],
      },
    ],
    jq: '{id, total: (.qty * .user.id), band: (if .score > 0.5 then "high" else "low" end), label: (.user.name + "@" + .user.country)}',
    sql: `id, qty * "user".id AS total, CASE WHEN score > 0.5 THEN 'high' ELSE 'low' END AS band, "user".name || '@' || "user".country AS label`,
  },
  {
    name: 'map filter reduce of 20',
    referencePerSecond: 8_800,
    data: 'list',
    share: 1,
    stages: [
      {
        computo: [
          'obj',
          'id',
          input('/id'),
          'sum',
          ['reduce', SQUARES, ['lambda', ['sum', 'x'], ['+', ['$', '/sum'], ['$', '/x']]], 0],
        ],
      },
    ],
    jq: '{id, sum: (reduce (.values[] | select(. > 100) | . * .) as $x (0; . + $x))}',
    sql: 'id, coalesce(list_sum(list_transform(list_filter("values", x -> x > 100), x -> x * x)), 0) AS sum',
  },
  {
    name: 'projection of 8 KB',
    data: 'long',
    share: 1 / 25,
    stages: [{ computo: PROJECTION }],
    jq: PROJECTION_JQ,
    miller: PROJECTION_MILLER,
    sql: PROJECTION_SQL,
  },
  {
    name: 'projection of a tenth',
    data: 'event',
    share: 1 / 10,
    stages: [{ computo: PROJECTION }],
    jq: PROJECTION_JQ,
    miller: PROJECTION_MILLER,
    sql: PROJECTION_SQL,
  },
];
