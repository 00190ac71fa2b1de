import type { SourcePlan } from '../../config/kinds/index.js';
import type { SourceKind } from './kind.js';

export const stdin: SourceKind<{ readonly pipeline: string }> = {
  kind: 'stdin',
  schema: (f) => f.section({ stdin: f.yes().describe('Read events from standard input.'), pipeline: f.pipelineName() }),
  folders: [],
  plan: ({ pipeline }): SourcePlan => ({ kind: 'stdin', pipeline }),
  nameOf: () => 'stdin',
  once: true,
  async read({ pipeline }, { lineBytesMax, signal, talk, intake }) {
    const [{ ingestBlocks }, { openSource }] = await Promise.all([
      import('../../server/index.js'),
      import('../../sources/index.js'),
    ]);
    const blocks = openSource('-', { lineBytesMax, follow: false }).blocks(signal);
    await ingestBlocks(intake(), { source: 'stdin', pipeline, blocks });
    if (!signal.aborted) talk.info('standard input has ended, and is stored');
  },
};
