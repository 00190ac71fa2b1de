import type { OutputPlan } from '../../config/index.js';
import type { SchemaVocabulary, OutputConfigFields } from '../../config/kinds/index.js';
import { stdoutSink } from '../stdout-sink.js';
import type { StreamKind } from './kind.js';

export const stdout: StreamKind<OutputConfigFields, OutputPlan> = {
  kind: 'stdout',
  schema: (f: SchemaVocabulary) =>
    f.section({ stdout: f.yes().describe('Write to standard output.'), ...f.outputKeys() }),
  files: [],
  plan: () => ({ kind: 'stdout' }),
  to: 'stream',
  descriptor: 1,
  open: () => stdoutSink(),
};
