import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';
import { DUCKDB_MISSING, openDuckDb } from '../../support/duckdb.js';

const USERS = 300;
const EVENTS = 2000;

/** What to add to a title where a peer is missing: why it is skipped, or nothing. */
const missing = (program: string): string =>
  spawnSync(program, ['--version']).status === 0 ? '' : ` (skipped: ${program} is not installed)`;

const MLR = missing('mlr');
const JQ = missing('jq');

/** Users in CSV, with what needs quotes; events of which every third names nobody. */
function place(): string {
  const cwd = scratch();
  const rows = Array.from({ length: USERS }, (_, n) => `u${n},"Name ""${n}"", ${n}",${n % 7}`);
  writeFileSync(join(cwd, 'users.csv'), `id,name,plan\n${rows.join('\n')}\n`);
  const events = Array.from({ length: EVENTS }, (_, n) => `{"n":${n},"u":"u${(n * 7919) % ((USERS * 3) / 2)}"}\n`);
  writeFileSync(join(cwd, 'events.ndjson'), events.join(''));
  return cwd;
}

const dataIn = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

async function joined(cwd: string): Promise<unknown[]> {
  const script = '{/n, /u, name: table.get("users", /u)/name, plan: table.get("users", /u)/plan}';
  const inner = ['--filter', 'table.get("users", /u) != null', '-e', script];
  const { stdout } = await runCli([...inner, '--table', 'users=users.csv:id', 'events.ndjson'], { cwd });
  return dataIn(stdout);
}

function peer(cwd: string, program: string, args: readonly string[]): unknown[] {
  const { stdout, stderr, status } = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 });
  expect(status, stderr).toBe(0);
  return dataIn(stdout);
}

describe('events joined with a table are those that others join', () => {
  it.skipIf(MLR !== '')(`Miller${MLR}`, async () => {
    const cwd = place();
    const join = ['join', '-i', 'csv', '-f', 'users.csv', '-l', 'id', '-r', 'u', '-j', 'u'];
    const all = peer(cwd, 'mlr', ['--ijsonl', '--ojsonl', ...join, 'then', 'reorder', '-f', 'n,u', 'events.ndjson']);
    const texts = (one: unknown): unknown =>
      Object.fromEntries(
        Object.entries(one as object).map(([key, value]) => [key, key === 'n' ? value : String(value)]),
      );
    expect(all.length).toBeGreaterThan(USERS);
    expect(await joined(cwd)).toEqual(all.map(texts));
  });

  it.skipIf(JQ !== '')(`jq${JQ}`, async () => {
    const cwd = place();
    const { stdout } = await runCli(['-e', '$input', 'users.csv'], { cwd });
    writeFileSync(join(cwd, 'users.ndjson'), stdout);
    const program =
      'INDEX($users[]; .id) as $t | inputs | $t[.u] as $r | select($r) | {n, u, name: $r.name, plan: $r.plan}';
    const all = peer(cwd, 'jq', ['-nc', '--slurpfile', 'users', 'users.ndjson', program, 'events.ndjson']);
    expect(all.length).toBeGreaterThan(USERS);
    expect(await joined(cwd)).toEqual(all);
  });

  it.skipIf(DUCKDB_MISSING !== '')(`DuckDB${DUCKDB_MISSING}`, async () => {
    const cwd = place();
    const users = `read_csv('${cwd}/users.csv', all_varchar = true)`;
    const ask = await openDuckDb();
    const all = await ask(
      `select n, u, name, plan from read_json('${cwd}/events.ndjson') e join ${users} t on e.u = t.id order by n`,
    );
    expect(await joined(cwd)).toEqual(all.map((row) => ({ ...(row as object) })));
  });
});
