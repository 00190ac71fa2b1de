import { join } from 'node:path';
import { foldsCase, makeFolder, resolvePath } from '../files/index.js';
import { nameOf, templatePath, type NameTemplate } from '../files/names/index.js';
import type { FileSink } from './file-sink-options.js';
import { SinkError, type LineGroup, type Sink } from './sink.js';

/** Of a longer one the file is found by its name, which is short. */
const GROUP_LENGTH_MAX = 256;

export interface KeyedSinkOptions {
  readonly template: NameTemplate;
  /** So many files are open at a time: of more, those that were written to longest ago are closed until they are needed. */
  readonly openMax: number;
  /** Most files all in all: of each it is kept where it ends. */
  readonly filesMax: number;
  /** Files are set aside: their parts are told by their dots. */
  readonly rotates: boolean;
  /** Begins a file. @throws SinkError */
  readonly open: (path: string) => Promise<FileSink>;
  /** Looks at a file that was closed. @throws SinkError where what somebody else did to it ends the run */
  readonly look: (file: FileSink) => Promise<void>;
  /** The files that an earlier run left, resting, by their names below the folder. */
  readonly left?: ReadonlyMap<string, FileSink>;
  /** Told of each file when it is begun. @param name below the folder */
  readonly onFile: (file: FileSink, name: string) => void;
}

/** An output that has a file per key. */
export interface KeyedSink extends Sink {
  prepare(groups: readonly LineGroup[]): Promise<boolean>;
}

/**
 * An output that has a file for each routing key, or day, of its events.
 *
 * @throws SinkError when its folder can't be made
 */
export function keyedSink(options: KeyedSinkOptions): KeyedSink {
  const { template, openMax, filesMax, rotates, look, onFile } = options;
  const { folder, names } = template;
  const path = templatePath(template);
  const naming = { escapesDots: rotates, foldsCase: madeFolder() };
  const files = new Map(options.left);
  const byGroup = new Map<string, FileSink>();
  /** The one that was written to longest ago comes first. */
  const open = new Set<FileSink>();

  /** @returns whether it takes `Name` and `name` for one */
  function madeFolder(): boolean {
    try {
      makeFolder(folder);
      return foldsCase(resolvePath(folder));
    } catch (error) {
      throw new SinkError(path, 'open', error);
    }
  }

  function known(group: string): FileSink | undefined {
    return byGroup.get(group) ?? files.get(nameOf(names, group, naming));
  }

  /** The file of a group, ready to be written to. */
  async function fileFor(group: string): Promise<FileSink> {
    const file = known(group) ?? (await begin(group));
    if (group.length <= GROUP_LENGTH_MAX) byGroup.set(group, file);
    if (file.isResting()) await look(file);
    open.delete(file);
    open.add(file);
    for (const other of open) {
      if (open.size <= openMax) break;
      open.delete(other);
      await other.rest();
    }
    return file;
  }

  async function begin(group: string): Promise<FileSink> {
    const name = nameOf(names, group, naming);
    const file = await options.open(join(folder, name));
    files.set(name, file);
    onFile(file, name);
    return file;
  }

  return {
    name: path,
    async prepare(groups) {
      const begun = groups.filter(({ group }) => known(group) === undefined);
      const isMore = files.size + new Set(begun.map(({ group }) => group)).size > filesMax;
      // Those that are there are gone on with, also where fewer are allowed by now.
      if (begun.length > 0 && isMore) {
        const reason = `it would have more than ${filesMax} files; max_keys in the config allows more`;
        throw new SinkError(path, 'write', new Error(reason));
      }
      for (const { group } of begun) await fileFor(group);
      return begun.length > 0;
    },
    async write(lines, groups = []) {
      let at = 0;
      for (const { group, bytes } of groups) {
        const file = await fileFor(group);
        await file.write(lines.subarray(at, at + bytes));
        at += bytes;
      }
    },
    async close() {
      const failures: unknown[] = [];
      for (const file of files.values()) await file.close().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
  };
}
