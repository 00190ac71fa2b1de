import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run/run.js';
import { scratch } from '../../support/cli.js';
import { killedAt } from './model/crash.js';

const LINES = Array.from({ length: 20 }, (_, n) => `{"id":${n},"pad":"${'x'.repeat(20)}"}\n`).join('');
const BEFORE = '{"was":"there"}\n';

function runIn(folder: string, flags: { resume?: true; restart?: true }): Promise<number> {
  const options = { config: join(folder, 'colloquium.yaml'), stats: 'text', progress: false, ...flags } as const;
  return run([join(folder, 'in')], options, []);
}

/** All that is in an output, over its files. */
function contentOf(folder: string, name: string): string {
  const files = readdirSync(join(folder, 'out')).filter((file) => file.startsWith(`${name}.`));
  return files
    .sort()
    .map((file) => {
      const bytes = readFileSync(join(folder, 'out', file));
      return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    })
    .join('');
}

async function prepared(): Promise<string> {
  const folder = scratch();
  const outputs = '[{ file: ./out/a.ndjson, rotate_size: 300B, gzip: true }, { file: ./out/b.ndjson }]';
  writeFileSync(
    join(folder, 'colloquium.yaml'),
    `state_dir: ./.state\npipelines: { default: { stages: [], outputs: ${outputs} } }\n`,
  );
  writeFileSync(join(folder, 'in'), LINES);
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'out', 'a.ndjson'), BEFORE);
  expect(await runIn(folder, { restart: true })).toBe(0);
  expect(contentOf(folder, 'a')).toBe(BEFORE + LINES);
  return folder;
}

describe('a run that starts over', () => {
  it.each<[string, { resume?: true; restart?: true }]>([
    ['with --restart', { restart: true }],
    ['because an output is gone', { resume: true }],
  ])('%s, and is killed, wherever that is, gives each line once in the end', async (_, flags) => {
    const folder = await prepared();
    if (flags.resume) rmSync(join(folder, 'out', 'b.ndjson'));
    const kept = scratch();
    cpSync(folder, kept, { recursive: true, preserveTimestamps: true });
    let isKilled = true;
    for (let change = 1; isKilled; change++) {
      rmSync(folder, { recursive: true });
      cpSync(kept, folder, { recursive: true, preserveTimestamps: true });
      isKilled = await killedAt(change, () => runIn(folder, flags));
      expect(await runIn(folder, { resume: true }), `killed at change ${change}`).toBe(0);
      expect([contentOf(folder, 'a'), contentOf(folder, 'b')], `killed at change ${change}`).toEqual([
        BEFORE + LINES,
        LINES,
      ]);
    }
  });
});
