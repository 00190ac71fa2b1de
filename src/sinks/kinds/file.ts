import type { FilePlan, OutputPlan } from '../../config/index.js';
import { filePlan, type SchemaVocabulary } from '../../config/kinds/index.js';
import { formatKeys, withFormat } from './format-keys.js';
import type { FileKind } from './kind.js';

const schema = (f: SchemaVocabulary) =>
  withFormat(
    f.section({
      file: f.path().describe('The file to write.'),
      ...f.outputKeys(),
      ...formatKeys(f),
      ...f.rotation(),
    }),
  );

export const file: FileKind<ReturnType<typeof schema>['_output'], OutputPlan & FilePlan> = {
  kind: 'file',
  schema,
  files: ['file'],
  plan: (settings, make) => ({ kind: 'file', ...filePlan(settings, make) }),
  to: 'file',
  fileOf: (plan) => plan,
};
