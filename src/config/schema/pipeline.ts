import type { Json } from 'computo-js';
import * as z from 'zod';
import { choice, duration, flag, fraction, integer, jsonPointer, money, path, size, text } from './fields.js';
import { alternatives, byKey, isMap, list, section } from './structures.js';

/** A script as it stands in a config: JSON, or a text that is a script, a name or a file. Checked by computo-js, not here. */
const script = () => z.custom<Json>((input) => input !== undefined, { error: 'missing: expected a script' }).meta({});

const stageName = () => text('a name').optional().describe('Names the stage in messages and metrics.');

const computoStage = section({
  computo: script().describe(
    'A script such as {/id, who: /user/name}, its name under scripts, or a file like ./script.computo. Its result becomes the data.',
  ),
  name: stageName(),
});

const filterStage = section({
  filter: script().describe(
    'A script such as /level != "debug", its name, or a file. Events for which it gives a falsy value are dropped.',
  ),
  name: stageName(),
});

const aiStage = section({
  ai: section({
    request: script().describe(
      'The script that makes the request: { model, messages, max_tokens?, temperature?, provider? }.',
    ),
    model: text('a model name').optional().describe('The model where the request names none.'),
    providers: list('provider names', text('a provider name'))
      .min(1, { error: 'expected at least one provider' })
      .optional()
      .describe('Which providers may serve. Default: all under ai_providers.'),
    route: choice(['cheapest', 'ordered', 'fastest']).prefault('cheapest').describe('Which of them is tried first.'),
    schema: alternatives(
      'a path to a JSON Schema, or the schema itself',
      [path('a path to a JSON Schema'), z.custom<Json>((input) => isMap(input) || typeof input === 'boolean')],
      (input) => (typeof input === 'string' ? 0 : isMap(input) ? 1 : undefined),
    )
      .optional()
      .describe('JSON Schema that the answer must satisfy: a path, or the schema itself.'),
    into: jsonPointer().optional().describe('Where the answer lands in the data. Default: it replaces the data.'),
    max_tokens: integer(1).prefault(1000).describe('Most output tokens where the request says nothing.'),
    dedupe: flag().prefault(false).describe('Send equal requests once and share the answer.'),
    in_doubt: choice(['retry', 'hold', 'fail']).optional().describe('As journal.in_doubt, for this stage.'),
    name: stageName(),
  }).describe('Sends a request to an AI provider and puts the answer into the data.'),
  name: stageName(),
});

const STAGE_KEYS = ['computo', 'filter', 'ai'];

const stage = alternatives(
  'a stage: a map with the key computo, filter or ai',
  [computoStage, filterStage, aiStage],
  byKey(STAGE_KEYS),
  STAGE_KEYS,
);

const rotation = () => ({
  rotate_size: size(1).optional().describe('Start a new file at this size.'),
  rotate_every: duration(1000)
    .optional()
    .describe(
      'Start a new file each time this much has passed, in step with the clock: 1d is at midnight UTC. A plain number is milliseconds.',
    ),
  retention_days: fraction(0, 36_500).optional().describe('Rotated files older than this many days are removed.'),
  gzip: flag().prefault(false).describe('Compress rotated files.'),
  pattern: text('a file name with {number} in it, like {name}-{date}.{number}{ext}', isPartPattern)
    .optional()
    .describe(
      'Name of rotated files: {name} and {ext} of the file, {number}, {date} and {time} (UTC). Default: {name}.{number}{ext}.',
    ),
});

/** `{number}` must be there, or rotated files would replace each other; no folder, no other placeholder. */
function isPartPattern(pattern: string): boolean {
  const rest = pattern.replaceAll(/\{(?:name|ext|number|date|time)\}/g, '');
  return pattern.split('{number}').length === 2 && !/[{}/]/.test(rest) && !pattern.startsWith('.');
}

const routingKey = () => text('a routing key as text; numbers need quotes');
const outputCommon = () => ({
  when: alternatives(
    'a routing key, or a list of them',
    [routingKey().transform((key) => [key]), list('routing keys', routingKey())],
    (input) => (Array.isArray(input) ? 1 : 0),
  )
    .optional()
    .describe('Only events with one of these routing keys. Default: all events.'),
  envelope: flag().prefault(false).describe('Write the whole event instead of its data alone.'),
});

const fileOutput = section({
  file: path().describe('The file to write, one JSON value per line.'),
  ...outputCommon(),
  ...rotation(),
});

const stdoutOutput = section({
  stdout: z
    .unknown()
    .transform((input, context): true => {
      if (input === true || input === 'true') return true;
      context.issues.push({ code: 'custom', input, message: 'expected true' });
      return z.NEVER;
    })
    .meta({ const: true })
    .describe('Write to standard output.'),
  ...outputCommon(),
});

const natsOutput = section({
  nats: text('a subject like results.orders, without * and >', isSubject).describe(
    'The NATS subject to publish to, which a stream must keep. {pipeline} and {routing_key} are filled in.',
  ),
  ...outputCommon(),
});

function isSubject(subject: string): boolean {
  const filled = subject.replaceAll(/\{(?:pipeline|routing_key)\}/g, 'x');
  return /^[^\s.*>{}]+(?:\.[^\s.*>{}]+)*$/.test(filled) && !filled.startsWith('$');
}

const OUTPUT_KEYS = ['file', 'stdout', 'nats'];

const output = alternatives(
  'an output: a map with the key file, stdout or nats',
  [fileOutput, stdoutOutput, natsOutput],
  byKey(OUTPUT_KEYS),
  OUTPUT_KEYS,
);

const deadLetterFile = section({ file: path().describe('The file to write.'), ...rotation() });

const deadLetter = alternatives(
  'a path, or a map with the key file',
  [path().transform((file): z.output<typeof deadLetterFile> => ({ file, gzip: false })), deadLetterFile],
  (input) => (typeof input === 'string' ? 0 : isMap(input) ? 1 : undefined),
);

const onError = alternatives(
  'dead_letter, skip, stop or { default: … }',
  [
    choice(['dead_letter', 'skip', 'stop']),
    section({
      default: z
        .custom<Json>((input) => input !== undefined, { error: 'missing: expected a JSON value' })
        .describe('The data that takes the place of a failed event.'),
    }),
  ],
  (input) => (typeof input === 'string' ? 0 : isMap(input) ? 1 : undefined),
);

export const pipeline = section({
  stages: list('stages', stage).prefault([]).describe('What every event runs through, in order.'),
  routing_key: script().optional().describe("A script whose result becomes the event's routing key."),
  outputs: list('outputs', output)
    .optional()
    .describe('Where events go. Default: standard output; serve needs at least one.'),
  dead_letter: deadLetter.optional().describe('The file that failed events go to. Default: standard error.'),
  on_error: onError
    .prefault('dead_letter')
    .describe('What becomes of an event that fails: dead_letter, skip, stop, or { default: … }.'),
  budget: money('an amount in US dollars, like 5')
    .optional()
    .describe('Most US dollars a day that this pipeline may cost.'),
});

export type PipelineConfig = z.output<typeof pipeline>;
export type StageConfig = z.output<typeof stage>;
export type OutputConfig = z.output<typeof output>;
export type DeadLetterConfig = z.output<typeof deadLetter>;
