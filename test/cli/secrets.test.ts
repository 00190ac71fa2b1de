import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch, type CliResult } from '../support/cli.js';

const SECRET = 'the-key-that-nobody-sees';
const hashOf = (text: string): string => createHmac('sha256', SECRET).update(text).digest('hex');

const CONFIG = `secrets: { pepper: "\${PEPPER}" }
processing: { worker_threads: 2 }
state_dir: ./state
pipelines:
  default:
    stages:
      - { name: pseudonym, computo: [obj, id, [hash.sha256, [$input, /id], pepper], n, [+, 1, [$input, /n]]] }
    dead_letter: ./dead.ndjson
`;

function folder(): string {
  const cwd = scratch();
  writeFileSync(join(cwd, 'colloquium.yaml'), CONFIG);
  return cwd;
}

/** All that a run left behind and said. */
function everything(cwd: string, { stdout, stderr }: CliResult): string {
  const files = readdirSync(cwd, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(cwd, name)).isFile(),
  );
  return [stdout, stderr, ...files.map((name) => readFileSync(join(cwd, name), 'latin1'))].join('\n');
}

describe('a secret of the config', () => {
  it('keys the hashes of a run, and is seen nowhere: not in a trace, a dead letter or the state', async () => {
    for (const flags of [['--trace', '--limit', '10'], ['--resume', '-o', 'out.ndjson'], ['--dry-run'], ['check']]) {
      const cwd = folder();
      const input = '{"id":"ada","n":1}\n{"id":"bob","n":"x"}\n';
      writeFileSync(join(cwd, 'in.ndjson'), input);
      const args = flags[0] === 'check' ? flags : [...flags, 'in.ndjson'];
      const result = await runCli(args, { cwd, env: { PEPPER: SECRET } });
      const seen = everything(cwd, result);
      if (flags[0] !== 'check' && flags[0] !== '--dry-run') expect(seen).toContain(hashOf('ada'));
      expect(seen).not.toContain(SECRET);
      expect(seen).not.toContain(Buffer.from(SECRET).toString('base64'));
    }
  });

  it('is the same on every thread', async () => {
    const cwd = folder();
    const input = '{"id":"ada","n":1}\n'.repeat(200_000);
    const { stdout, exit } = await runCli(['--workers', '2'], { cwd, input, env: { PEPPER: SECRET } });
    expect(exit).toBe(0);
    const lines = new Set(stdout.trimEnd().split('\n'));
    expect([...lines]).toEqual([`{"id":"${hashOf('ada')}","n":2}`]);
  });

  it('that is not there ends a run before it reads anything', async () => {
    const { stderr, exit } = await runCli([], { cwd: folder(), input: '{"id":"ada","n":1}\n' });
    expect(exit).toBe(78);
    expect(stderr).toContain('unset-variable: the environment variable PEPPER is not set');
  });
});
