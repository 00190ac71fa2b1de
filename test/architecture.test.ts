import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FLOORS } from './floors.js';

const root = fileURLToPath(new URL('..', import.meta.url));

const TOP_LEVEL = [
  'bin',
  'src',
  'test',
  'fixtures',
  'bench',
  'package.json',
  'tsconfig.json',
  'README.md',
  'LICENSE',
  'package-lock.json',
];

interface Import {
  readonly file: string;
  readonly specifier: string;
  /** The imported file, as a path from the root; a package's name when it is not ours. */
  readonly target: string;
  /** Nothing of it is left when it runs. */
  readonly isType: boolean;
}

const imports = sourceFiles('src').flatMap(importsOf);

describe('the house', () => {
  it('imports only downward', () => {
    const wrong = imports.filter(({ file, target }) => {
      const to = folderOf(target);
      const from = folderOf(file);
      return to !== undefined && from !== to && floorOf(to) >= floorOf(from ?? '');
    });
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('goes into another folder only through a door: its index.ts, or that of one of its rooms', () => {
    const wrong = imports.filter(({ file, target }) => {
      const to = folderOf(target);
      return to !== undefined && to !== folderOf(file) && !target.endsWith('/index.ts');
    });
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('has no circle of files, of values or of types', () => {
    // Within the language types refer to each other as its terms do: there, values are held to it.
    const held = imports.filter(({ file, isType }) => folderOf(file) !== 'src/computo-js' || !isType);
    expect(circlesOf(held.map(({ file, target }) => [file, target]))).toEqual([]);
  });

  it('has no circle of rooms: of folders in src/jobs and src/cli', () => {
    const rooms = imports.map(({ file, target }) => [roomOf(file), roomOf(target)] as const);
    expect(circlesOf(rooms.filter(([from, to]) => from !== undefined && from !== to))).toEqual([]);
  });

  it('keeps computo-js free of everything but Node and its own packages, so that it could be published tomorrow', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'src/computo-js/package.json'), 'utf8')) as {
      dependencies: Readonly<Record<string, string>>;
    };
    const isOwn = (target: string): boolean =>
      target.startsWith('src/computo-js/') || target.startsWith('node:') || Object.hasOwn(dependencies, target);
    const wrong = imports.filter(({ file, target }) => folderOf(file) === 'src/computo-js' && !isOwn(target));
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('has a floor for every folder under src', () => {
    const folders = readdirSync(join(root, 'src')).map((name) => `src/${name}`);
    expect(folders.filter((folder) => floorOf(folder) === -1)).toEqual([]);
  });

  it('has nothing at the top level but what belongs there', () => {
    // What git keeps: whoever tries the examples here may leave files of their own.
    const tracked = execFileSync('git', ['ls-tree', '--name-only', 'HEAD'], { cwd: root, encoding: 'utf8' });
    const names = tracked.split('\n').filter((name) => name !== '' && !name.startsWith('.'));
    expect(names.filter((name) => !TOP_LEVEL.includes(name))).toEqual([]);
  });

  it('has no room without a name of its own', () => {
    expect(sourceFiles('src').filter((file) => /\/(?:utils?|helpers?|common|misc)[./]/.test(file))).toEqual([]);
  });
});

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name).split(sep).join('/'))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !/\/(?:dist|node_modules)\//.test(name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /(?:^(?:import|export)\s+(?<type>type\s)?[^;']*?\bfrom\s+|\bimport\s*\(\s*|^import\s+)'(?<specifier>[^']+)'/gm,
  );
  return [...found].map(({ groups = {} }) => {
    const specifier = groups['specifier'] ?? '';
    return { file, specifier, target: targetOf(file, specifier), isType: groups['type'] !== undefined };
  });
}

function targetOf(file: string, specifier: string): string {
  if (specifier === 'computo-js') return 'src/computo-js/index.ts';
  if (!specifier.startsWith('.')) return specifier;
  return relative(root, resolve(root, dirname(file), specifier))
    .split(sep)
    .join('/')
    .replace(/\.js$/, '.ts');
}

function folderOf(file: string): string | undefined {
  return FLOORS.flat().find((folder) => file.startsWith(`${folder}/`));
}

function floorOf(folder: string): number {
  return FLOORS.findIndex((floor) => floor.includes(folder));
}

/** A folder in src/jobs or src/cli, with all below it; for the files beside those folders, src/jobs or src/cli. */
function roomOf(file: string): string | undefined {
  return /^src\/(?:jobs|cli)(?:\/[^/]+(?=\/))?/.exec(file)?.[0];
}

/** Those that lead back to themselves, each with all that it goes round with. */
function circlesOf(edges: readonly (readonly [string | undefined, string | undefined])[]): readonly string[][] {
  const next = new Map<string, Set<string>>();
  for (const [from = '', to = ''] of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const reached = new Map([...next.keys()].map((from) => [from, reachedFrom(from, next)]));
  const goesRound = (one: string, other: string): boolean =>
    reached.get(one)?.has(other) === true && reached.get(other)?.has(one) === true;
  const inCircle = [...next.keys()].filter((one) => goesRound(one, one)).sort();
  const circles = inCircle.map((one) => inCircle.filter((other) => goesRound(one, other)));
  return circles.filter(([first], at) => first === inCircle[at]);
}

function reachedFrom(start: string, next: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const seen = new Set<string>();
  const left = [...(next.get(start) ?? [])];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    left.push(...(next.get(at) ?? []));
  }
  return seen;
}
