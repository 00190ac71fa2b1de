import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, scratch } from '../support/cli.js';
import { postLines, startDaemon, until } from '../support/daemon.js';

const NAMES = [
  'events.000002.ndjson.gz',
  'events.000003.ndjson',
  'events.000900.ndjson',
  'events.20240129.ndjson',
  'events.20240130.ndjson.gz',
  'events-2024-01-31.000004.ndjson',
  'events-2024-01-31-120000.000005.ndjson',
  'other.000001.ndjson',
  'events.ndjson.1',
  '.events.000001.ndjson.gz.unfinished',
  '.events.000901.ndjson.gz.unfinished',
  '.events.ndjson.unfinished',
  'dead.000001.ndjson',
  'dead.20240129.ndjson.gz',
];

const LINES = Array.from({ length: 60 }, (_, n) => JSON.stringify({ n })).join('\n') + '\n';

/** A folder of files that look like parts of outputs, old enough for any retention. */
function lookAlikes(cwd: string): () => unknown {
  const folder = join(cwd, 'out');
  mkdirSync(folder);
  for (const name of NAMES) {
    writeFileSync(join(folder, name), `{"theirs":"${name}"}\n`);
    utimesSync(join(folder, name), 1000, 2000);
  }
  return () =>
    NAMES.map((name) => {
      const { ino, mtimeMs } = statSync(join(folder, name));
      return [name, ino, mtimeMs, readFileSync(join(folder, name), 'utf8')];
    });
}

/** How many files there are beside the look-alikes. */
function others(cwd: string): number {
  return readdirSync(join(cwd, 'out')).filter((name) => !NAMES.includes(name)).length;
}

it.each(['', 'pattern: "{name}-{date}.{number}{ext}",', 'pattern: "{name}-{date}-{time}.{number}{ext}",'])(
  'no look-alike changes under serve, kills, replay and retention: %s',
  async (pattern) => {
    const cwd = scratch();
    const seen = lookAlikes(cwd);
    const before = seen();
    const rotation = `${pattern} rotate_size: 200B, gzip: true, retention_days: 1`;
    const config = `
storage: { max_file_size: 4KB, retention_days: 1 }
pipelines:
  default:
    stages: [{ computo: ["if", ["==", ["$input", "/n"], 7], ["car", ["$input", "/n"]], ["$input"]] }]
    dead_letter: { file: ./out/dead.ndjson, ${rotation} }
    outputs: [{ file: ./out/events.ndjson, ${rotation} }]
`;
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const daemon = await startDaemon(config, { cwd });
      const files = others(cwd);
      expect((await postLines(`${daemon.url}/events`, LINES)).status).toBe(202);
      await until(() => others(cwd) >= files + 2, 'some are set aside');
      await daemon.end(signal);
    }
    const replay = await runCli(['replay', '--since', '1h', '--to-outputs'], { cwd });
    expect(replay.exit, replay.stderr).toBe(3);
    const prune = await runCli(['log', 'prune', '--older-than', '0s'], { cwd });
    expect(prune.exit, prune.stderr).toBe(0);
    expect(seen()).toEqual(before);
  },
);

it('no look-alike changes under run with a config, resumed and begun anew', async () => {
  const cwd = scratch();
  const seen = lookAlikes(cwd);
  const before = seen();
  writeFileSync(join(cwd, 'in.ndjson'), LINES);
  writeFileSync(
    join(cwd, 'colloquium.yaml'),
    'state_dir: ./state\npipelines:\n  default:\n    outputs: [{ file: ./out/events.ndjson, rotate_size: 200B, gzip: true, retention_days: 1 }]\n',
  );
  for (const args of [['--resume'], ['--resume'], [], []]) {
    const run = await runCli(['-p', 'default', ...args, 'in.ndjson'], { cwd });
    expect(run.exit, run.stderr).toBe(0);
  }
  const refused = await runCli(['-p', 'default', '-o', 'out/events.ndjson', '--rotate', '200', 'in.ndjson'], { cwd });
  expect(refused.exit).toBe(2);
  expect(refused.stderr).toContain('events.000003.ndjson');
  expect(seen()).toEqual(before);
});

it('run --rotate replaces what the last run made, and nothing else', async () => {
  const cwd = scratch();
  const args = ['-e', '["$input"]', '-o', 'x.ndjson', '--rotate', '100', '-'];
  for (let n = 0; n < 2; n++) expect((await runCli(args, { cwd, input: LINES })).exit).toBe(0);
  const files = readdirSync(cwd).filter((name) => name.startsWith('x.'));
  expect(
    files
      .sort()
      .map((name) => readFileSync(join(cwd, name), 'utf8'))
      .join(''),
  ).toBe(LINES);
});
