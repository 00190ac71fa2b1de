import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { FolderBench } from './folder-bench.js';

/** What an inode of the folder holds. Several names may lead to one. */
interface Content {
  /** Whole lines, each unlike any other, and of one length. */
  lines: string[];
  /** How many of them are to be in the log by now. */
  settled: number;
  /** A line that has been begun. */
  half: string | undefined;
}

interface Inode {
  content: Content;
}

const NAMES = ['a', 'b', '0', 'z'] as const;
export type Name = (typeof NAMES)[number];

/** What should be in the log. */
export class FolderModel {
  readonly files = new Map<Name, Inode>();
  /** How often each line must be there. */
  readonly must = new Map<string, number>();
  /** How many times more it may be: it was taken away before it was surely read. */
  readonly may = new Map<string, number>();
  /** First lines of contents that are gone: a copy of such a one is that file, come again. */
  readonly gone = new Set<string>();
  /** A file that was taken out of the folder for a while. */
  away: Inode | undefined;
  #count = 0;

  newLines(count: number): string[] {
    return Array.from({ length: count }, () => `{"n":"${String(this.#count++).padStart(6, '0')}","by":"a writer"}`);
  }

  newContent(count: number): Content {
    return { lines: this.newLines(count), settled: 0, half: undefined };
  }

  /** The file as it stands is read. */
  settle(): void {
    for (const { content } of new Set(this.files.values())) {
      for (const line of content.lines.slice(content.settled)) add(this.must, line);
      content.settled = content.lines.length;
    }
  }

  /** A content is in no file any more. */
  lose({ lines, settled }: Content): void {
    for (const line of lines.slice(settled)) add(this.may, line);
    if (lines[0] !== undefined) this.gone.add(lines[0]);
  }

  /** A name leads nowhere any more. */
  unlink(name: Name): void {
    const inode = this.files.get(name);
    this.files.delete(name);
    if (inode !== undefined && ![...this.files.values()].includes(inode)) this.lose(inode.content);
  }

  /** @throws when the log has not what it must, or more than it may */
  check(events: readonly string[]): void {
    const found = new Map<string, number>();
    // What was taken out of the folder may have been read before.
    const { lines: outside = [], settled = 0 } = this.away?.content ?? {};
    const unsure = new Set(outside.slice(settled));
    for (const event of events) add(found, event);
    const wrong = [...new Set([...found.keys(), ...this.must.keys()])].flatMap((line) => {
      const [count, least] = [found.get(line) ?? 0, this.must.get(line) ?? 0];
      const most = least + (this.may.get(line) ?? 0) + (unsure.has(line) ? 1 : 0);
      return count < least || count > most ? [`${line}: ${count} times, expected ${least} to ${most}`] : [];
    });
    expect(wrong).toEqual([]);
  }
}

function add(counts: Map<string, number>, line: string): void {
  counts.set(line, (counts.get(line) ?? 0) + 1);
}

type Folder = FolderBench;
type Command = fc.AsyncCommand<FolderModel, Folder>;

async function settle(model: FolderModel, folder: Folder): Promise<void> {
  if (!folder.isRunning) await folder.start();
  while (!(await folder.look())) await folder.start();
  model.settle();
}

const whole = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** A command that always can be run, or when `check` says so. */
function command(
  words: string,
  run: (model: FolderModel, folder: Folder) => Promise<void> | void,
  check: (model: FolderModel) => boolean = () => true,
): Command {
  return { check, run: async (model, folder) => run(model, folder), toString: () => words };
}

const isThere = (name: Name) => (model: FolderModel) => model.files.has(name);
const isFree = (name: Name) => (model: FolderModel) => !model.files.has(name);

const write = (name: Name, count: number): Command =>
  command(`write ${count} lines to ${name}`, (model, folder) => {
    let inode = model.files.get(name);
    if (inode === undefined) model.files.set(name, (inode = { content: model.newContent(0) }));
    const { content } = inode;
    const lines = model.newLines(count);
    const [first] = lines;
    if (content.half !== undefined && first !== undefined) {
      // The line that was begun is the first of them.
      const { half } = content;
      content.half = undefined;
      content.lines.push(half, ...lines.slice(1));
      appendFileSync(folder.at(name), `${half.slice(9)}\n${whole(lines.slice(1))}`);
    } else {
      content.lines.push(...lines);
      appendFileSync(folder.at(name), whole(lines));
    }
  });

const half = (name: Name): Command =>
  command(
    `half a line to ${name}`,
    (model, folder) => {
      const content = model.files.get(name)?.content as Content;
      const [line = ''] = model.newLines(1);
      content.half = line;
      appendFileSync(folder.at(name), line.slice(0, 9));
    },
    (model) => model.files.get(name)?.content.half === undefined && model.files.has(name),
  );

const cut = (name: Name, count: number): Command =>
  command(
    `cut ${name}, then ${count} lines`,
    (model, folder) => {
      const inode = model.files.get(name) as Inode;
      model.lose(inode.content);
      inode.content = model.newContent(count);
      truncateSync(folder.at(name));
      appendFileSync(folder.at(name), whole(inode.content.lines));
    },
    isThere(name),
  );

const overwrite = (name: Name): Command =>
  command(
    `other lines of the same size in ${name}`,
    (model, folder) => {
      const inode = model.files.get(name) as Inode;
      model.lose(inode.content);
      inode.content = model.newContent(inode.content.lines.length);
      writeFileSync(folder.at(name), whole(inode.content.lines));
    },
    (model) => model.files.get(name)?.content.half === undefined && model.files.has(name),
  );

const anew = (name: Name, count: number): Command =>
  command(
    `${name} removed, and made with ${count} lines`,
    (model, folder) => {
      model.unlink(name);
      const content = model.newContent(count);
      model.files.set(name, { content });
      rmSync(folder.at(name));
      writeFileSync(folder.at(name), whole(content.lines));
    },
    isThere(name),
  );

const replace = (name: Name, count: number): Command =>
  command(`a file of ${count} lines renamed to ${name}`, (model, folder) => {
    model.unlink(name);
    const content = model.newContent(count);
    model.files.set(name, { content });
    writeFileSync(folder.at('.new'), whole(content.lines));
    renameSync(folder.at('.new'), folder.at(name));
  });

const rename = (from: Name, to: Name): Command =>
  command(
    `${from} renamed to ${to}`,
    (model, folder) => {
      const inode = model.files.get(from) as Inode;
      // Two names of one file: the system leaves both as they are.
      if (model.files.get(to) !== inode) {
        model.unlink(to);
        model.files.set(to, inode);
        model.files.delete(from);
      }
      renameSync(folder.at(from), folder.at(to));
    },
    (model) => from !== to && model.files.has(from),
  );

const remove = (name: Name): Command =>
  command(
    `${name} removed`,
    (model, folder) => {
      model.unlink(name);
      rmSync(folder.at(name));
    },
    isThere(name),
  );

const link = (from: Name, to: Name): Command =>
  command(
    `${to} as another name of ${from}`,
    (model, folder) => {
      model.files.set(to, model.files.get(from) as Inode);
      linkSync(folder.at(from), folder.at(to));
    },
    (model) => isThere(from)(model) && isFree(to)(model),
  );

const copy = (from: Name, to: Name): Command =>
  command(
    `${from} copied to ${to}, and both stay`,
    async (model, folder) => {
      await settle(model, folder);
      const { content } = model.files.get(from) as Inode;
      model.files.set(to, { content: { ...content, lines: [...content.lines], settled: 0 } });
      copyFileSync(folder.at(from), folder.at(to));
      await settle(model, folder);
    },
    (model) => {
      const content = model.files.get(from)?.content;
      const isOfGone = content?.lines[0] !== undefined && model.gone.has(content.lines[0]);
      return content !== undefined && content.half === undefined && isFree(to)(model) && !isOfGone;
    },
  );

const copyAndCut = (from: Name, to: Name, count: number): Command =>
  command(
    `${from} copied to ${to} and cut, then ${count} lines`,
    (model, folder) => {
      const inode = model.files.get(from) as Inode;
      model.files.set(to, { content: inode.content });
      inode.content = model.newContent(count);
      copyFileSync(folder.at(from), folder.at(to));
      truncateSync(folder.at(from));
      appendFileSync(folder.at(from), whole(inode.content.lines));
    },
    (model) => isThere(from)(model) && isFree(to)(model),
  );

const takeAway = (name: Name): Command =>
  command(
    `${name} moved out of the folder`,
    (model, folder) => {
      const inode = model.files.get(name) as Inode;
      model.files.delete(name);
      model.away = inode;
      const [first] = inode.content.lines;
      if (first !== undefined) model.gone.add(first);
      mkdirSync(dirname(elsewhere(folder)), { recursive: true });
      renameSync(folder.at(name), elsewhere(folder));
    },
    (model) =>
      model.away === undefined &&
      [...model.files.values()].filter((inode) => inode === model.files.get(name)).length === 1,
  );

const bringBack = (name: Name): Command =>
  command(
    `… and back as ${name}`,
    (model, folder) => {
      model.files.set(name, model.away as Inode);
      model.away = undefined;
      renameSync(elsewhere(folder), folder.at(name));
    },
    (model) => model.away !== undefined && isFree(name)(model),
  );

const elsewhere = (folder: Folder): string => join(folder.home, 'elsewhere/file');

const removeFolder = (looks: number): Command =>
  command(`the folder removed, ${looks} looks, and made again`, async (model, folder) => {
    for (const name of [...model.files.keys()]) model.unlink(name);
    rmSync(folder.at(''), { recursive: true });
    if (looks > 0 && folder.isRunning && !(await folder.look(looks))) await folder.start();
    mkdirSync(folder.at(''));
  });

const restart = command('stopped and started', async (_, folder) => {
  if (folder.isRunning) await folder.stop();
  await folder.start();
});

const stop = command('stopped', async (_, folder) => {
  if (folder.isRunning) await folder.stop();
});

const move = (how: 'mv' | 'cp'): Command =>
  command(`all moved with ${how}`, async (_, folder) => {
    if (folder.isRunning) await folder.stop();
    await folder.move(how);
  });

const die = (appends: number, when: 'before' | 'after'): Command =>
  command(`killed ${when} ${appends} more appends`, (_, folder) => folder.dieAt({ appends, when }));

const look = (times: number): Command =>
  command(`${times} looks`, async (_, folder) => {
    if (folder.isRunning) await folder.look(times);
  });

const read = command('all is read', async (model, folder) => {
  await settle(model, folder);
  model.check(await folder.events());
});

const name = fc.constantFrom(...NAMES);
const count = fc.integer({ min: 0, max: 7 });

const ONE_NAME_EACH = [
  fc.tuple(name, count).map(([one, lines]) => write(one, lines)),
  fc.tuple(name, count).map(([one, lines]) => write(one, lines)),
  name.map(half),
  fc.tuple(name, count).map(([one, lines]) => cut(one, lines)),
  name.map(overwrite),
  fc.tuple(name, count).map(([one, lines]) => anew(one, lines)),
  fc.tuple(name, count).map(([one, lines]) => replace(one, lines)),
  fc.tuple(name, name).map(([from, to]) => rename(from, to)),
  name.map(remove),
  fc.tuple(name, name).map(([from, to]) => copy(from, to)),
  fc.tuple(name, name, count).map(([from, to, lines]) => copyAndCut(from, to, lines)),
  name.map(takeAway),
  name.map(bringBack),
  fc.integer({ min: 0, max: 2 }).map(removeFolder),
  fc.constant(restart),
  fc.constant(stop),
  fc.constantFrom('mv' as const, 'cp' as const).map(move),
  fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom('before' as const, 'after' as const))
    .map(([at, when]) => die(at, when)),
  fc.integer({ min: 1, max: 2 }).map(look),
  fc.constant(read),
  fc.constant(read),
];

const SIZE = { maxCommands: 24, size: 'max' } as const;

/** What may happen to a folder and its daemon. */
export const folderCommands = fc.commands(
  [...ONE_NAME_EACH, fc.tuple(name, name).map(([from, to]) => link(from, to))],
  SIZE,
);

/** … where a file can have one name only. */
export const commandsWithoutLinks = fc.commands(ONE_NAME_EACH, SIZE);

/** Runs commands, then checks all. */
export async function runCommands(commands: Iterable<Command>, folder: Folder): Promise<void> {
  const model = new FolderModel();
  try {
    await fc.asyncModelRun(() => ({ model, real: folder }), commands);
    await settle(model, folder);
    model.check(await folder.events());
  } finally {
    if (existsSync(folder.home)) await folder.close();
  }
}
