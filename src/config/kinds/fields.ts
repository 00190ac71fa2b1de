import type { Json } from 'computo-js';
import type { core } from 'zod';
import { choice, duration, flag, fraction, integer, jsonPointer, path, size, text } from '../schema/fields.js';
import { alternatives, isMap, list, named, section } from '../schema/structures.js';
import { z } from '../schema/zod.js';

/** A script in a config: JSON, or a text that is a script, a name or a file. Checked by computo-js, not here. */
export const script = () => json('a script').meta({});

/** Any JSON value. */
export function json(words: string) {
  return z.custom<Json>((input) => input !== undefined, { error: `missing: expected ${words}` });
}

const jsonSchema = () =>
  alternatives(
    'a path to a JSON Schema, or the schema itself',
    [path('a path to a JSON Schema'), z.custom<Json>((input) => isMap(input) || typeof input === 'boolean')],
    (input) => (typeof input === 'string' ? 0 : isMap(input) ? 1 : undefined),
  );

/** The value of a key that only needs to be present. */
const yes = () =>
  z
    .unknown()
    .transform((input, context): true => {
      if (input === true || input === 'true') return true;
      context.issues.push({ code: 'custom', input, message: 'expected true' });
      return z.NEVER;
    })
    .meta({ const: true });

const stageName = () => text('a name').optional().describe('Names the stage in messages and metrics.');

const pipelineName = () =>
  text('the name of a pipeline').prefault('default').describe('The pipeline that its events go through.');

const routingKey = () => text('a routing key as text; numbers need quotes');

/** The keys that all outputs share. */
const outputKeys = () => ({
  when: alternatives(
    'a routing key, or a list of them',
    [routingKey().transform((key) => [key]), list('routing keys', routingKey())],
    (input) => (Array.isArray(input) ? 1 : 0),
  )
    .optional()
    .describe('Only events with one of these routing keys. Default: all events.'),
  otherwise: flag().prefault(false).describe('Only events that no other output takes.'),
  envelope: flag().prefault(false).describe('Write the whole event instead of its data alone.'),
});

/** When a written file is replaced by a new one. */
export const rotation = () => ({
  rotate_size: size(1).optional().describe('Start a new file at this size.'),
  rotate_every: duration(1000)
    .optional()
    .describe(
      'Start a new file each time this much has passed, in step with the clock: 1d is at midnight UTC. A plain number is milliseconds.',
    ),
  retention_days: fraction(0, 36_500).optional().describe('Rotated files older than this many days are removed.'),
  gzip: flag().prefault(false).describe('Compress rotated files.'),
  encrypt: flag()
    .prefault(false)
    .describe('Encrypt its lines with the key of storage.encryption; colloquium log cat prints them.'),
  pattern: text('a file name with {number} in it, like {name}-{date}.{number}{ext}', isPartPattern)
    .optional()
    .describe(
      'Name of rotated files: {name} and {ext} of the file, {number}, {date} and {time} (UTC). Default: {name}.{number}{ext}.',
    ),
});

/** Rejects settings of a written file that exclude one another: what is encrypted can't be compressed. */
export function refusePackedSecrets(
  { encrypt, gzip }: { readonly encrypt: boolean; readonly gzip: boolean },
  context: core.$RefinementCtx,
): void {
  if (!encrypt || !gzip) return;
  const message = 'encrypt and gzip exclude one another: what is encrypted does not get smaller';
  context.addIssue({ code: 'custom', message, path: ['gzip'] });
}

/** Requires `{number}`, without which rotated files would replace each other, and allows no folder and no other placeholder. */
function isPartPattern(pattern: string): boolean {
  const rest = pattern.replaceAll(/\{(?:name|ext|number|date|time)\}/g, '');
  return pattern.split('{number}').length === 2 && !/[{}/]/.test(rest) && !pattern.startsWith('.');
}

/** The vocabulary in which the kinds of stages, outputs and sources write their schemas. */
export const FIELDS = {
  alternatives,
  choice,
  duration,
  flag,
  fraction,
  integer,
  isMap,
  json,
  jsonPointer,
  jsonSchema,
  list,
  named,
  outputKeys,
  path,
  pipelineName,
  refusePackedSecrets,
  rotation,
  script,
  section,
  size,
  stageName,
  text,
  yes,
} as const;

export type SchemaVocabulary = typeof FIELDS;
