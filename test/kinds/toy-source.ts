import type { SourcePlan } from '../../src/config/kinds/index.js';
import type { SchemaVocabulary } from '../../src/config/kinds/index.js';
import type { SourceKind } from '../../src/jobs/inputs/index.js';
import { ingestBlocks } from '../../src/server/index.js';
import { openSource } from '../../src/sources/index.js';

const schema = (f: SchemaVocabulary) =>
  f.section({ spool: f.path().describe('Read this file, once.'), pipeline: f.pipelineName() });

interface SpoolPlan extends SourcePlan {
  readonly file: string;
}

/** A kind of source that no daemon knows: one file. */
export const spool: SourceKind<ReturnType<typeof schema>['_output'], SpoolPlan> = {
  kind: 'spool',
  schema,
  folders: [],
  plan: ({ spool: written, pipeline }, make) => ({ kind: 'spool', file: make.path(written), pipeline }),
  nameOf: ({ file }) => file,
  once: true,
  async read({ file, pipeline }, { lineBytesMax, signal, intake }) {
    const blocks = openSource(file, { lineBytesMax, follow: false }).blocks(signal);
    await ingestBlocks(intake(), { source: 'spool', pipeline, blocks });
  },
};
