import { ANY_SHAPE, objectShape, scalarShape, type Shape } from 'computo-js';

/** What a script sees as `$inputs/1`. */
export const EVENT_CONTEXT: Shape = objectShape(
  new Map([
    ['source', { shape: scalarShape('string'), optional: false }],
    ['pipeline', { shape: scalarShape('string'), optional: false }],
    ['retry_count', { shape: scalarShape('number'), optional: false }],
    ['event_id', { shape: scalarShape('string'), optional: false }],
    ['timestamp', { shape: scalarShape('number'), optional: false }],
    ['routing_key', { shape: scalarShape('string'), optional: true }],
  ]),
  false,
);

/** What an AI stage puts into the data. Providers may say more than this. */
export const AI_ANSWER: Shape = objectShape(
  new Map(
    ['provider', 'model', 'response', 'usage', 'cost_usd', 'latency_ms', 'attempts', 'cached'].map((key) => [
      key,
      { shape: ANY_SHAPE, optional: false },
    ]),
  ),
  true,
);
