import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import type { Case } from '../cases.js';
import type { Contestant } from './contestant.js';

/**
 * Everybody who is here, the floor first.
 *
 * @param say is told of a rival that is missing
 */
export function contestants(root: string, say: (text: string) => void): Contestant[] {
  const here = [
    floor(root),
    colloquium(root, 1),
    colloquium(root, 2),
    ...[1, 2].flatMap((threads) => duckDb(root, threads)),
    ...['jq', 'gojq'].flatMap((name) => onPath(name, '--version', jq)),
    ...onPath('mlr', '--version', miller),
    ...simdjson(root),
  ];
  for (const rival of RIVALS)
    if (!here.some(({ name }) => name.startsWith(rival))) say(`${rival} is not here, and is left out`);
  return here;
}

const RIVALS = ['DuckDB', 'jq', 'gojq', 'miller', 'simdjson'];

function floor(root: string): Contestant {
  return {
    name: 'floor',
    isSlow: false,
    command: (_, input, output) => ({
      file: process.execPath,
      args: [`${root}bench/contestants/floor.mjs`, input],
      stdout: output,
    }),
  };
}

/** Our own command line, as a user calls it. */
function colloquium(root: string, threads: number): Contestant {
  return {
    name: `colloquium, ${threads} thread${threads === 1 ? '' : 's'}`,
    isSlow: false,
    command: (task, input, output) => ({
      file: process.execPath,
      args: [
        `${root}bin/colloquium.js`,
        ...ourArguments(root, task),
        '--no-progress',
        '-j',
        String(threads),
        '--',
        input,
      ],
      stdout: output,
    }),
  };
}

/** A case as options: a script where that is enough, else a config with a pipeline. */
export function ourArguments(root: string, { name, stages }: Case): string[] {
  const [only] = stages;
  if (only !== undefined && stages.length === 1 && 'computo' in only) return ['-e', JSON.stringify(only.computo)];
  const config = `${root}.bench/${name.replaceAll(/[^a-z0-9]+/g, '-')}.config.json`;
  writeFileSync(config, JSON.stringify({ pipelines: { default: { stages } } }));
  return ['-c', config];
}

function jq(name: string): Contestant {
  return {
    name,
    isSlow: true,
    command: (task, input, output) => ({ file: name, args: ['-c', task.jq, input], stdout: output }),
  };
}

function miller(name: string): Contestant {
  return {
    name: 'miller',
    isSlow: true,
    command: ({ miller: verbs }, input, output) =>
      verbs && { file: name, args: ['--ijsonl', '--ojsonl', ...verbs, input], stdout: output },
  };
}

/** From npm, installed beside the benchmarks: `npm install --prefix .bench/rivals @duckdb/node-api`. */
function duckDb(root: string, threads: number): Contestant[] {
  const folder = `${root}.bench/rivals/`;
  if (!existsSync(`${folder}node_modules/@duckdb/node-api`)) return [];
  const script = `${root}bench/contestants/duckdb.mjs`;
  return [
    {
      name: `DuckDB, ${threads} thread${threads === 1 ? '' : 's'}`,
      isSlow: false,
      command: ({ sql }, input, output) =>
        sql === undefined
          ? undefined
          : { file: process.execPath, args: [script, folder, String(threads), sql, input, output] },
    },
  ];
}

/** A program in C++, built where a compiler and the system's simdjson are: on Debian, `apt-get install g++ libsimdjson-dev`. */
function simdjson(root: string): Contestant[] {
  const program = `${root}.bench/simdjson`;
  const source = `${root}bench/contestants/simdjson.cpp`;
  const { status } = spawnSync('c++', ['-O3', '-march=native', '-std=c++17', source, '-lsimdjson', '-o', program]);
  if (status !== 0) return [];
  return [
    {
      name: 'simdjson, in C++',
      isSlow: false,
      command: ({ name }, input, output) =>
        SIMDJSON_CASES.includes(name) ? { file: program, args: [name, input], stdout: output } : undefined,
    },
  ];
}

const SIMDJSON_CASES = ['projection', 'filter + projection', 'arithmetic'];

function onPath(name: string, probe: string, make: (name: string) => Contestant): Contestant[] {
  return spawnSync(name, [probe]).status === 0 ? [make(name)] : [];
}
