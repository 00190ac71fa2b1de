import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { RetriedLetters } from '../../../src/pipeline/letters/index.js';
import { drive, letterFolder, letterLine } from './letter-folder.js';

/** A letter as the model knows it. */
interface Letter {
  readonly id: string;
  readonly retries: number;
  readonly data: number;
  isDriven: boolean;
}

/** What is in which file, and what was driven. */
interface Model {
  readonly files: Map<string, Letter[]>;
  isMended: boolean;
}

interface Real {
  readonly folder: string;
  readonly path: string;
  driven: RetriedLetters | undefined;
  nextId: number;
  nextPart: number;
  nextAside: number;
}

type Command = fc.AsyncCommand<Model, Real>;

const LIVE = 'dead.ndjson';

/** Two of each length: an edit may leave a file as long as it was. */
const dataOf = fc.constantFrom(1, 2, 300, 301, 1500, 1501);

/** Letters are long or short: a file's beginning holds many of them, or a part of one. */
const textOf = ({ id, retries, data }: Letter): string =>
  letterLine(id, retries, { data, rest: 'x'.repeat(Math.floor(data / 100) * 100) });

function command(name: string, run: (model: Model, real: Real) => Promise<void> | void): Command {
  return { check: () => true, toString: () => name, run: async (model, real) => run(model, real) };
}

function add(model: Model, { path }: Real, letter: Letter): void {
  appendFileSync(path, textOf(letter));
  model.files.set(LIVE, [...(model.files.get(LIVE) ?? []), letter]);
}

/** The file whose turn it is, chosen by a number; undefined where there is none. */
function pick(model: Model, n: number, accepts: (file: string) => boolean = () => true): string | undefined {
  const files = [...model.files.keys()].filter(accepts).sort();
  return files[n % Math.max(1, files.length)];
}

const pending = (model: Model): Letter[] => [...model.files.values()].flat().filter(({ isDriven }) => !isDriven);
const keyOf = ({ id, retries }: Letter): string => `${id}:${retries + 1}`;

/** Drives letters; what fails again is a new letter. @param killedAfter nothing of it counts, as after a crash */
async function driveAll(
  model: Model,
  real: Real,
  {
    wanted = () => true,
    count = Infinity,
    isKilled = false,
  }: { wanted?: (id: string) => boolean; count?: number; isKilled?: boolean },
): Promise<void> {
  const before = new Map(pending(model).map((letter) => [keyOf(letter), letter]));
  const liveBytes = existsSync(real.path) ? readFileSync(real.path).length : 0;
  const chosen = [...before.keys()].filter((key) => wanted(key));
  const failed: Letter[] = [];
  let left = count;
  const { ids, driven } = await drive(real.path, {
    driven: real.driven,
    accepts: (event) => wanted(keyOfEvent(event)),
    onEvent(id, retries) {
      const data = before.get(`${id}:${retries}`)?.data ?? 0;
      if (!model.isMended) {
        const again = { id, retries, data, isDriven: false };
        appendFileSync(real.path, textOf(again));
        failed.push(again);
      }
      left -= 1;
      return left > 0;
    },
  });
  expect(new Set(ids).size, 'each once').toBe(ids.length);
  expect(
    ids.filter((id) => !chosen.includes(id)),
    'none that was driven before',
  ).toEqual([]);
  if (count === Infinity) expect(ids.toSorted(), 'all that were there').toEqual(chosen.toSorted());
  if (isKilled) {
    // The outputs are cut back to the checkpoint, and the note is that of before.
    if (existsSync(real.path)) truncateSync(real.path, liveBytes);
    return;
  }
  // The letter at which it was stopped is out, and its note was not made any more.
  const isOut = (key: string): boolean => ids.includes(key);
  for (const [key, letter] of before) if (isOut(key)) letter.isDriven = true;
  if (failed.length > 0) model.files.set(LIVE, [...(model.files.get(LIVE) ?? []), ...failed]);
  real.driven = driven;
}

function keyOfEvent(event: string): string {
  const { id, metadata } = JSON.parse(event) as { id: string; metadata: { retry_count: number } };
  return `${id}:${metadata.retry_count}`;
}

/** Writes a file anew: in place, or as another one. */
function rewrite(model: Model, { folder }: Real, file: string, letters: Letter[], isInPlace: boolean): void {
  const path = join(folder, file);
  const text = letters.map(textOf).join('');
  if (!isInPlace) rmSync(path);
  writeFileSync(path, file.endsWith('.gz') ? gzipSync(text) : text);
  model.files.set(file, letters);
}

function move(model: Model, { folder }: Real, from: string, to: string): void {
  renameSync(join(folder, from), join(folder, to));
  model.files.set(to, model.files.get(from) ?? []);
  model.files.delete(from);
}

const commands = [
  fc.array(dataOf, { minLength: 1, maxLength: 4 }).map((data) =>
    command(`fail ${data.join(' ')}`, (model, real) => {
      for (const one of data) add(model, real, { id: `e${real.nextId++}`, retries: 0, data: one, isDriven: false });
    }),
  ),
  fc.constant(command('drive', (model, real) => driveAll(model, real, {}))),
  fc.constant(command('drive', (model, real) => driveAll(model, real, {}))),
  fc.nat(4).map((n) => command(`drive ${n + 1}`, (model, real) => driveAll(model, real, { count: n + 1 }))),
  fc
    .nat(4)
    .map((n) =>
      command(`drive, killed at ${n + 1}`, (model, real) => driveAll(model, real, { count: n + 1, isKilled: true })),
    ),
  fc
    .nat(2)
    .map((n) =>
      command(`drive some ${n}`, (model, real) =>
        driveAll(model, real, { wanted: (key) => Number(/[0-9]+/.exec(key)?.[0]) % 3 === n }),
      ),
    ),
  fc
    .boolean()
    .map((isMended) =>
      command(isMended ? 'mend the script' : 'break the script', (model) => void (model.isMended = isMended)),
    ),
  fc.constant(
    command('rotate', (model, real) => {
      if (model.files.has(LIVE)) move(model, real, LIVE, `dead.${String(real.nextPart++).padStart(6, '0')}.ndjson`);
    }),
  ),
  fc.nat().map((n) =>
    command(`pack ${n}`, (model, real) => {
      const file = pick(model, n, (name) => name !== LIVE && !name.endsWith('.gz'));
      if (file === undefined) return;
      const path = join(real.folder, file);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
      rmSync(path);
      model.files.set(`${file}.gz`, model.files.get(file) ?? []);
      model.files.delete(file);
    }),
  ),
  fc.constant(
    command('logrotate', (model, real) => {
      if (model.files.has(LIVE)) move(model, real, LIVE, `${LIVE}.${real.nextAside++}`);
    }),
  ),
  fc.constant(
    command('logrotate, copied', (model, real) => {
      if (!model.files.has(LIVE)) return;
      const aside = `${LIVE}.${real.nextAside++}`;
      copyFileSync(real.path, join(real.folder, aside));
      truncateSync(real.path, 0);
      model.files.set(aside, model.files.get(LIVE) ?? []);
      model.files.set(LIVE, []);
    }),
  ),
  fc.nat().map((n) =>
    command(`delete ${n}`, (model, real) => {
      const file = pick(model, n);
      if (file === undefined) return;
      rmSync(join(real.folder, file));
      model.files.delete(file);
    }),
  ),
  fc.tuple(fc.nat(), fc.nat(7), fc.boolean()).map(([n, without, isInPlace]) =>
    command(`rewrite ${n} without ${without}${isInPlace ? ' in place' : ''}`, (model, real) => {
      const file = pick(model, n);
      if (file === undefined) return;
      const letters = (model.files.get(file) ?? []).filter((_, index) => index !== without);
      rewrite(model, real, file, letters, isInPlace);
    }),
  ),
  fc.tuple(fc.nat(), fc.boolean()).map(([n, isInPlace]) =>
    command(`turn ${n} around${isInPlace ? ' in place' : ''}`, (model, real) => {
      const file = pick(model, n);
      if (file !== undefined) rewrite(model, real, file, (model.files.get(file) ?? []).toReversed(), isInPlace);
    }),
  ),
  fc.tuple(fc.nat(), fc.nat(7), dataOf, fc.boolean()).map(([n, which, data, isInPlace]) =>
    command(`edit ${which} of ${n} to ${data}${isInPlace ? ' in place' : ''}`, (model, real) => {
      const file = pick(model, n);
      if (file === undefined) return;
      const letters = (model.files.get(file) ?? []).map((letter, index) => {
        // Who edits one, and leaves it as it is, did nothing to it.
        if (index !== which || letter.data === data) return letter;
        return { ...letter, id: `${letter.id}x${real.nextId++}`, data, isDriven: false };
      });
      rewrite(model, real, file, letters, isInPlace);
    }),
  ),
  fc.nat().map((n) =>
    command(`look at ${n}`, (model, { folder }) => {
      const file = pick(model, n);
      if (file === undefined) return;
      const bytes = readFileSync(join(folder, file));
      expect((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()).toBe(
        (model.files.get(file) ?? []).map(textOf).join(''),
      );
    }),
  ),
];

/** Whatever happens to the files of letters, each is driven once for each time that it failed. */
export async function checkLettersModel(runs: { readonly numRuns: number; readonly seed?: number }): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 30, size: 'max' }), async (cmds) => {
      const { folder, path } = letterFolder();
      const real: Real = { folder, path, driven: undefined, nextId: 0, nextPart: 1, nextAside: 1 };
      const model: Model = { files: new Map(), isMended: false };
      await fc.asyncModelRun(() => ({ model, real }), cmds);
      model.isMended = true;
      await driveAll(model, real, {});
      await driveAll(model, real, {});
      rmSync(folder, { recursive: true });
    }),
    runs,
  );
}
