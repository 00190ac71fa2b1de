import type { FilePlan, OutputPlan } from '../../config/index.js';
import { filePlan, keyedPlan, KEYED_FILES_DEFAULTS, type SchemaVocabulary } from '../../config/kinds/index.js';
import { formatKeys, withFormat } from './format-keys.js';
import type { FileKind } from './kind.js';

const { openMax, filesMax } = KEYED_FILES_DEFAULTS;

const schema = (f: SchemaVocabulary) =>
  withFormat(
    f
      .section({
        file: f.path().describe('The file to write. With {routing_key} or {date} in it, a file for each of them.'),
        max_files: f
          .integer(1, 10_000)
          .prefault(openMax)
          .describe('With a file per key: at most this many are open at a time.'),
        max_keys: f
          .integer(1, 1_000_000)
          .prefault(filesMax)
          .describe('With a file per key: at most this many are written.'),
        ...f.outputKeys(),
        ...formatKeys(f),
        ...f.rotation(),
      })
      .superRefine(f.refusePackedSecrets),
  );

export const file: FileKind<ReturnType<typeof schema>['_output'], OutputPlan & FilePlan> = {
  kind: 'file',
  schema,
  files: ['file'],
  plan: (settings, make) => ({ kind: 'file', ...filePlan(settings, make), ...keyedPlan(settings, make) }),
  to: 'file',
  fileOf: (plan) => plan,
};
