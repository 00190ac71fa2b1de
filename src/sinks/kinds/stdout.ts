import type { OutputPlan } from '../../config/index.js';
import type { SchemaVocabulary, OutputConfigFields } from '../../config/kinds/index.js';
import { fileHead } from '../formats/index.js';
import { headedSink } from '../headed-sink.js';
import { stdoutSink } from '../stdout-sink.js';
import { formatKeys, withFormat } from './format-keys.js';
import type { StreamKind } from './kind.js';

/** Module-wide, because a process has one standard output, however often it is opened. */
const begun = new Set<string>();

export const stdout: StreamKind<OutputConfigFields, OutputPlan> = {
  kind: 'stdout',
  schema: (f: SchemaVocabulary) =>
    withFormat(
      f.section({ stdout: f.yes().describe('Write to standard output.'), ...f.outputKeys(), ...formatKeys(f) }),
    ),
  files: [],
  plan: () => ({ kind: 'stdout' }),
  to: 'stream',
  descriptor: 1,
  open: (plan) => headedSink(stdoutSink(), fileHead(plan), begun),
};
