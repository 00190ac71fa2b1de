const EXPLODE = 'explode: /items makes an event of each element of a list';
const AGGREGATE = 'aggregate: { by: { level: /level }, values: { n: count } } puts events together';
const DEDUPE = 'dedupe: /id lets the first of equal events pass';
const WINDOW = 'aggregate: { every: 1m, time: /at, values: { n: count } } has windows';
const THROTTLE = 'throttle: 100/1m lets this many events pass in a time';
const BATCH = 'batch: { size: 20 } makes one event of several';
const FOLD = 'fold: { start: 0, step: … } carries a state from event to event';
const COMPUTO = 'computo: {/id, who: /user/name} makes new data of an event';
const FILTER = 'filter: /level == "error" lets events pass';
const LOOKUP = 'a table is looked up in a script: computo: table.get("users", /user_id)';
const SAMPLE = 'sample: 0.1 lets a share of the events pass';
const LIMIT = 'no stage ends the input: --limit of run does, and every: 10 lets the 10th event pass';
const SORT =
  'no stage sorts all events: aggregate has greatest_first and { top: 10, by: /n }, and the operator sort sorts a list';

/** Names of stages in other tools, each with a hint at the name used here. */
export const FOREIGN_STAGES: Readonly<Record<string, string>> = {
  unnest: EXPLODE,
  unwind: EXPLODE,
  unroll: EXPLODE,
  flatten: EXPLODE,
  split: EXPLODE,
  flat_map: EXPLODE,
  group: AGGREGATE,
  group_by: AGGREGATE,
  count: AGGREGATE,
  count_by: AGGREGATE,
  sum: AGGREGATE,
  stats: AGGREGATE,
  merge: AGGREGATE,
  window: WINDOW,
  session: WINDOW,
  tumbling_window: WINDOW,
  uniq: DEDUPE,
  unique: DEDUPE,
  distinct: DEDUPE,
  deduplicate: DEDUPE,
  rate_limit: THROTTLE,
  limit_rate: THROTTLE,
  chunk: BATCH,
  buffer: BATCH,
  collect: BATCH,
  reduce: FOLD,
  scan: FOLD,
  foreach: FOLD,
  state: FOLD,
  map: COMPUTO,
  mapping: COMPUTO,
  transform: COMPUTO,
  remap: COMPUTO,
  script: COMPUTO,
  select: FILTER,
  where: FILTER,
  lookup: LOOKUP,
  join: LOOKUP,
  enrich: LOOKUP,
  sample_rate: SAMPLE,
  limit: LIMIT,
  head: LIMIT,
  tail: LIMIT,
  take: LIMIT,
  sort: SORT,
  sort_by: SORT,
  order_by: SORT,
  top: SORT,
};
