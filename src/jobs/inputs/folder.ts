import { mkdir } from 'node:fs/promises';
import type { SchemaVocabulary, SourcePlan } from '../../config/kinds/index.js';
import { leadToSame } from '../../files/index.js';
import { folderTalk } from './folder-talk.js';
import type { SourceKind } from './kind.js';

const schema = (f: SchemaVocabulary) =>
  f.section({
    folder: f.path().describe('Read every file that appears in this folder.'),
    pattern: f
      .text('a file name pattern like *.ndjson')
      .prefault('*')
      .describe('Which files; * stands for any characters.'),
    unfinished_line: f
      .duration(0)
      .prefault('30s')
      .describe(
        'How long a last line waits for its newline, before it counts as a line. A plain number is milliseconds.',
      ),
    pipeline: f.pipelineName(),
  });

/** The watched files of a folder, for one pipeline. */
interface FolderSource extends SourcePlan {
  /** Absolute. */
  readonly folder: string;
  /** Patterns of file names; a file that matches several is read once. */
  readonly patterns: readonly string[];
  /** Other pipelines that read the same folder. */
  readonly besides: readonly string[];
  readonly unfinishedLineMs: number;
}

export const folder: SourceKind<ReturnType<typeof schema>['_output'], FolderSource> = {
  kind: 'folder',
  schema,
  folders: ['folder'],
  plan: ({ folder: written, pattern, pipeline, unfinished_line: unfinishedLineMs }, make) => ({
    kind: 'folder',
    folder: make.path(written),
    patterns: [pattern],
    pipeline,
    besides: [],
    unfinishedLineMs,
  }),
  /** A folder that is given several times for one pipeline is read once. */
  together: (plans) =>
    plans.flatMap((plan) => {
      const sameFolder = plans.filter((one) => one === plan || leadToSame(one.folder, plan.folder));
      const together = sameFolder.filter(({ pipeline }) => pipeline === plan.pipeline);
      return together[0] === plan ? [merged(plan, together, sameFolder)] : [];
    }),
  nameOf: (plan) => plan.folder,
  async prepare(plan) {
    // If this fails, the watcher reports why. It is not tried later: by then a missing folder may be an unmounted disk, whose
    // mount point must not be taken for the folder.
    await mkdir(plan.folder, { recursive: true }).catch(() => undefined);
  },
  async read(plan, { log, world, signal, talk, folders, intake, newReader, failing, reading }) {
    reading();
    const { ingestFolder } = await import('../../server/index.js');
    await ingestFolder(
      { ...plan, ...folders, keys: world.disk.keys },
      { ...intake(), newReader, log },
      folderTalk(plan.folder, talk, { failed: failing, back: reading }),
      world,
      signal,
    );
  },
};

function merged(
  plan: FolderSource,
  together: readonly FolderSource[],
  sameFolder: readonly FolderSource[],
): FolderSource {
  return {
    ...plan,
    patterns: together.flatMap(({ patterns }) => patterns),
    besides: [...new Set(sameFolder.map(({ pipeline }) => pipeline))].filter((one) => one !== plan.pipeline),
    unfinishedLineMs: Math.max(...together.map(({ unfinishedLineMs }) => unfinishedLineMs)),
  };
}
