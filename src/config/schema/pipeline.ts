import type * as z from 'zod';
import type { ConfigKinds, PathMaker, StageMaker } from '../kinds/index.js';
import { FIELDS, json, refusePackedSecrets, rotation, script } from '../kinds/fields.js';
import type { OutputPlan, OutputTake } from '../plan/pipeline-plan.js';
import { choice, money, path } from './fields.js';
import { FOREIGN_STAGES } from './foreign-stages.js';
import { alternatives, byKind, isMap, list, section } from './structures.js';

const deadLetterFile = () =>
  section({ file: path().describe('The file to write.'), ...rotation() }).superRefine(refusePackedSecrets);

const deadLetter = () =>
  alternatives(
    'a path, or a map with the key file',
    [
      path().transform((file): z.output<ReturnType<typeof deadLetterFile>> => ({ file, gzip: false, encrypt: false })),
      deadLetterFile(),
    ],
    (input) => (typeof input === 'string' ? 0 : isMap(input) ? 1 : undefined),
  );

const onError = () =>
  alternatives(
    'dead_letter, skip, stop or { default: … }',
    [
      choice(['dead_letter', 'skip', 'stop']),
      section({
        default: json('a JSON value').describe('The data that takes the place of a failed event.'),
      }),
    ],
    (input) => (typeof input === 'string' ? 0 : isMap(input) ? 1 : undefined),
  );

/** A pipeline. The output includes how each stage and output is planned. */
export function pipeline({ stages, outputs }: Pick<ConfigKinds, 'stages' | 'outputs'>) {
  const stage = byKind(
    'a stage',
    stages,
    (kind) =>
      kind.schema(FIELDS).transform((settings) => ({
        kind: kind.kind,
        plan: async (make: StageMaker) => await kind.plan(settings, make),
      })),
    FOREIGN_STAGES,
  );
  const output = byKind('an output', outputs, (kind) =>
    kind.schema(FIELDS).transform((settings, context) => {
      const { when, otherwise, envelope, format, columns } = settings;
      if (when !== undefined && otherwise) {
        const message =
          'an output takes the routing keys of `when` or, with `otherwise`, what no other takes: not both';
        context.issues.push({ code: 'custom', input: otherwise, path: ['otherwise'], message });
      }
      const take: OutputTake = {
        envelope,
        ...(when && { when }),
        ...(otherwise && { otherwise }),
        ...(format !== undefined && { format }),
        ...(columns && { columns }),
      };
      return (make: PathMaker): OutputPlan => ({ ...kind.plan(settings, make), ...take });
    }),
  );
  return section({
    stages: list('stages', stage).prefault([]).describe('What every event runs through, in order.'),
    routing_key: script().optional().describe("A script whose result becomes the event's routing key."),
    outputs: list('outputs', output)
      .optional()
      .describe('Where events go. Default: standard output; serve needs at least one.'),
    dead_letter: deadLetter().optional().describe('The file that failed events go to. Default: standard error.'),
    on_error: onError()
      .prefault('dead_letter')
      .describe('What becomes of an event that fails: dead_letter, skip, stop, or { default: … }.'),
    budget: money('an amount in US dollars, like 5')
      .optional()
      .describe('Most US dollars a day that this pipeline may cost.'),
  });
}

export type PipelineSchema = ReturnType<typeof pipeline>;
export type PipelineConfig = z.output<PipelineSchema>;
export type DeadLetterConfig = z.output<ReturnType<typeof deadLetter>>;
