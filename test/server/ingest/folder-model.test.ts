import fc from 'fast-check';
import { describe, it } from 'vitest';
import { nodeFileSystem, type FileStats, type FileSystem } from '../../../src/files/index.js';
import { modelRuns } from '../../support/runs.js';
import { FolderBench } from './folder-bench.js';
import { commandsWithoutLinks, folderCommands, runCommands } from './folder-model.js';

const inodeless = (stats: FileStats): FileStats => ({ ...stats, node: undefined });

const withoutInodes: FileSystem = {
  ...nodeFileSystem,
  fstat: (fd) => inodeless(nodeFileSystem.fstat(fd)),
  async statLater(path, links) {
    const stats = await nodeFileSystem.statLater(path, links);
    return stats && inodeless(stats);
  },
};

describe.concurrent(
  'whatever happens to files and daemon, every whole line of a watched folder is stored exactly once',
  () => {
    it('where files have inodes', async () => {
      await fc.assert(
        fc.asyncProperty(folderCommands, (commands) => runCommands(commands, new FolderBench())),
        modelRuns(40, { long: 3000 }),
      );
    });

    it('where they have none', async () => {
      await fc.assert(
        fc.asyncProperty(commandsWithoutLinks, (commands) =>
          runCommands(commands, new FolderBench({ fs: withoutInodes })),
        ),
        modelRuns(20, { long: 1200 }),
      );
    });
  },
);
