import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CheckpointStore, nodeWorld } from '../../../src/log/index.js';
import { resultOf, scratch, startCli } from '../../support/cli.js';
import { daemonOf, post, until, type TestDaemon } from '../../support/daemon.js';
import { each } from '../../support/runs.js';

const CONFIG = `
server: { port: 0 }
sources: [{ folder: ./in }]
pipelines:
  default:
    stages: [{ filter: ["!=", ["get", ["$input"], "/n"], 13] }, { computo: ["+", ["get", ["$input"], "/n"], 0] }]
    outputs: [{ file: ./out/events.ndjson }]
    dead_letter: ./out/dead.ndjson
`;

/** A daemon's folder `home`, that can be moved, in a folder of its own. */
function newHome(state = './state'): { place: string; home: string } {
  const place = scratch();
  const home = join(place, 'home');
  mkdirSync(join(home, 'in'), { recursive: true });
  writeFileSync(join(home, 'colloquium.yaml'), `${CONFIG}state_dir: ${state}\n`);
  return { place, home };
}

const serve = (home: string, ...args: string[]): Promise<TestDaemon> =>
  daemonOf(startCli(['serve', ...args], { cwd: home }), home).ready;

const output = (home: string): string[] =>
  readFileSync(join(home, 'out/events.ndjson'), 'utf8').split('\n').slice(0, -1);

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, n) => `{"n":${from + n},"by":"a writer"}\n`).join('');

const has = (home: string, count: number): Promise<void> =>
  until(() => existsSync(join(home, 'out/events.ndjson')) && output(home).length >= count, `${count} events are out`);

/** Four events of a file, and one by HTTP. */
async function filled(state?: string): Promise<{ place: string; home: string }> {
  const where = newHome(state);
  writeFileSync(join(where.home, 'in/a.ndjson'), lines(0, 4));
  const daemon = await serve(where.home);
  await has(where.home, 4);
  await post(`${daemon.url}/events`, { n: 4 });
  await has(where.home, 5);
  await daemon.end();
  return where;
}

async function goesOn(home: string): Promise<TestDaemon> {
  appendFileSync(join(home, 'in/a.ndjson'), lines(5, 6));
  const daemon = await serve(home);
  await post(`${daemon.url}/events`, { n: 6 });
  await has(home, 7);
  expect(output(home).toSorted()).toEqual(['0', '1', '2', '3', '4', '5', '6']);
  await daemon.end();
  return daemon;
}

describe.concurrent('a daemon whose folder has moved', () => {
  each(1)(['mv', 'cp'])('by %s goes on where it was', async (how) => {
    const { place, home } = await filled();
    const next = join(place, 'next');
    if (how === 'mv') renameSync(home, next);
    else {
      execFileSync('cp', ['-a', home, next]);
      rmSync(home, { recursive: true });
    }
    await goesOn(next);
  });

  it('while its state has not takes the checkpoint that fits its log, and knows its files', async () => {
    const { place, home } = await filled('../state');
    const next = join(place, 'next');
    renameSync(home, next);
    const daemon = await goesOn(next);
    expect(daemon.said().map(({ msg }) => msg)).toContain(
      'the checkpoint of a log that was elsewhere fits this one, and is taken',
    );
  });

  it('with state that has moved by itself goes on, too', async () => {
    const { place, home } = await filled();
    renameSync(join(home, 'state'), join(place, 'state'));
    writeFileSync(join(home, 'colloquium.yaml'), `${CONFIG}state_dir: ../state\n`);
    await goesOn(home);
  });

  it('from an earlier version, which kept absolute paths, goes on', async () => {
    const { home } = await filled();
    const store = new CheckpointStore(nodeWorld(), join(home, 'state/checkpoints'));
    const [name = ''] = await store.names();
    expect(name).toBe('default of data');
    const { value } = (await store.get(name)) as { value: { files: Record<string, unknown> } };
    const files = Object.fromEntries(Object.entries(value.files).map(([path, at]) => [join(home, path), at]));
    await store.put(`default of ${join(home, 'data')}`, { ...value, files });
    await store.remove(name);
    await goesOn(home);
  });
});

describe.concurrent('a daemon without its checkpoints', () => {
  it('does not start where its outputs are not empty, changes nothing, and starts from scratch when it is told to', async () => {
    const { home } = await filled();
    rmSync(join(home, 'state/checkpoints'), { recursive: true });
    const before = readFileSync(join(home, 'out/events.ndjson'), 'utf8');
    const refused = await resultOf(startCli(['serve'], { cwd: home }));
    expect(refused.exit).toBe(2);
    expect(refused.stderr).toMatch(
      /pipeline default: there is no checkpoint in .*state, and .*events\.ndjson is not empty/,
    );
    expect(refused.stderr).toContain('--from-scratch');
    expect(readFileSync(join(home, 'out/events.ndjson'), 'utf8')).toBe(before);
    expect(existsSync(join(home, 'state/checkpoints'))).toBe(false);
    const daemon = await serve(home, '--from-scratch');
    await has(home, 10);
    await daemon.end();
    expect(output(home)).toEqual(['0', '1', '2', '3', '4', '0', '1', '2', '3', '4']);
    await (await serve(home)).end();
  });

  it('starts where there is nothing to double: empty outputs, an empty log, events of other pipelines', async () => {
    const { home } = await filled();
    rmSync(join(home, 'state/checkpoints'), { recursive: true });
    rmSync(join(home, 'out/events.ndjson'));
    const again = await serve(home);
    await has(home, 5);
    await again.end();

    const fresh = newHome();
    mkdirSync(join(fresh.home, 'out'));
    writeFileSync(join(fresh.home, 'out/events.ndjson'), '"mine"\n');
    const first = await serve(fresh.home);
    await post(`${first.url}/events`, { n: 1 });
    await has(fresh.home, 2);
    await first.end();
    expect(output(fresh.home)).toEqual(['"mine"', '1']);

    const config = join(fresh.home, 'colloquium.yaml');
    writeFileSync(
      config,
      readFileSync(config, 'utf8').replace('  default:', '  other:').replace('./in', './in, pipeline: other'),
    );
    const renamed = await serve(fresh.home);
    await renamed.end();
    expect(statSync(join(fresh.home, 'out/events.ndjson')).size).toBe('"mine"\n1\n'.length);
  });

  it('is not taken in by a checkpoint of another log', async () => {
    const { place, home } = await filled('../state');
    const other = join(place, 'other');
    mkdirSync(join(other, 'in'), { recursive: true });
    writeFileSync(join(other, 'colloquium.yaml'), `${CONFIG}state_dir: ../state\n`);
    const daemon = await serve(other);
    for (let n = 0; n < 3; n++) await post(`${daemon.url}/events`, { n });
    await has(other, 3);
    await daemon.end();
    expect(output(other)).toEqual(['0', '1', '2']);
    await goesOn(home);
  });
});
