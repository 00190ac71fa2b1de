import { objectShape, scalarShape, type Shape } from 'computo-js';

/** The shape of what a script sees as `$inputs/1`. */
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
