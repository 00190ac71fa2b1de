import { join } from 'node:path';
import { foldsCase, makeFolder, resolvePath } from '../files/index.js';
import { nameOf, templatePath, type NameTemplate } from '../files/names/index.js';
import type { FileSink } from './file-sink-options.js';
import { SinkError, type LineGroup, type Sink } from './sink.js';

/** For a longer group, the file is found by its name, which is short. */
const GROUP_LENGTH_MAX = 256;

export interface KeyedSinkOptions {
  readonly template: NameTemplate;
  /** How many files may be open at a time; beyond that, those least recently written to are closed until they are needed. */
  readonly openMax: number;
  /** The maximum number of files in total, because the end of each is remembered. */
  readonly filesMax: number;
  /** Whether files are rotated: dots in their names then mark parts. */
  readonly rotates: boolean;
  /** Creates a file. @throws SinkError */
  readonly open: (path: string) => Promise<FileSink>;
  /** Checks a file that was closed. @throws SinkError if what somebody else did to the file ends the run */
  readonly checkPlace: (file: FileSink) => Promise<void>;
  /** The files that an earlier run left, closed, by their names relative to the folder. */
  readonly left?: ReadonlyMap<string, FileSink>;
  /** Called with each new file. @param name relative to the folder */
  readonly onFile: (file: FileSink, name: string) => void;
}

/** The sink of an output that has a file per key. */
export interface KeyedSink extends Sink {
  prepare(groups: readonly LineGroup[]): Promise<boolean>;
}

/**
 * Opens an output that has one file per routing key, or day, of its events.
 *
 * @throws SinkError when its folder can't be created
 */
export function keyedSink(options: KeyedSinkOptions): KeyedSink {
  const { template, openMax, filesMax, rotates, checkPlace: look, onFile } = options;
  const { folder, names } = template;
  const path = templatePath(template);
  const naming = { escapesDots: rotates, foldsCase: madeFolder() };
  const files = new Map(options.left);
  const byGroup = new Map<string, FileSink>();
  /** Open files, the least recently written to first. */
  const open = new Set<FileSink>();

  /** @returns whether the folder treats `Name` and `name` as the same name */
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

  /** Returns the file of a group, ready to be written to. */
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
      // Existing files are continued even if fewer are allowed by now.
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
