import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, scratch } from '../../support/cli.js';

const RAN = 'process.stderr.write("it ran\\n"); import("node:fs").then((fs) => fs.writeFileSync("ran", ""));';
const PROGRAM = `${RAN}\nexport default { pipelines: { default: { stages: [{ computo: ["$input"] }] } } };\n`;
const YAML = 'pipelines: { default: { stages: [{ computo: ["$input"] }] } }\n';

/** Whatever looks for a config, but runs nothing of it. */
const LOOKERS = [
  ['__complete', 'run', '--pipeline', ''],
  ['token', 'list'],
  ['token', 'create', '--role', 'read'],
  ['tap'],
  ['cost'],
  ['journal', 'ls'],
  ['journal', 'doubtful'],
  ['log', 'ls'],
  ['log', 'tail'],
  ['init', '--systemd'],
  ['init', '--docker'],
];

/** Whatever does what a config says. */
const DOERS = [['run'], ['check'], ['serve'], ['replay', '--since', '0', '--raw']];

function folderOf(name: string, text: string): string {
  const cwd = scratch();
  writeFileSync(join(cwd, name), text);
  return cwd;
}

describe('a program that is a config', () => {
  it.each(LOOKERS)('is not run by %s %s %s', async (...args) => {
    const cwd = folderOf('colloquium.config.mjs', PROGRAM);
    const { stderr, exit, stdout } = await runCli(args, { cwd });
    expect(existsSync(join(cwd, 'ran'))).toBe(false);
    expect(stderr).not.toContain('it ran');
    if (args[0] === '__complete') expect([stdout, exit]).toEqual(['', 0]);
    else expect([stderr, exit]).toEqual([expect.stringContaining('error program-config:'), 78]);
  });

  it('is run where it is named, and by what does as it says where it is found', async () => {
    const cwd = folderOf('colloquium.config.mjs', PROGRAM);
    expect(await runCli(['token', 'list', '-c', 'colloquium.config.mjs'], { cwd })).toMatchObject({ exit: 0 });
    expect(existsSync(join(cwd, 'ran'))).toBe(true);
    expect(await runCli([], { cwd, input: '1\n' })).toMatchObject({ stdout: '1\n', exit: 0 });
  });
});

describe('a config to which everybody may write', () => {
  const shared = (): string => {
    const cwd = folderOf('colloquium.yaml', YAML);
    chmodSync(join(cwd, 'colloquium.yaml'), 0o666);
    return cwd;
  };

  it.each([...LOOKERS.slice(1), ...DOERS])('is refused by %s %s %s, with the way out', async (...args) => {
    const { stderr, exit } = await runCli(args, { cwd: shared() });
    expect(exit).toBe(78);
    expect(stderr).toContain('colloquium.yaml:1:1 error foreign-config:');
    expect(stderr).toContain('hint: use it all the same by naming it: -c FILE');
  });

  it('is used where it is named, and not searched for where none is needed', async () => {
    const cwd = shared();
    expect(await runCli(['-c', 'colloquium.yaml'], { cwd, input: '1\n' })).toMatchObject({ stdout: '1\n', exit: 0 });
    expect(await runCli(['-e', '["$input"]'], { cwd, input: '1\n' })).toMatchObject({ stdout: '1\n', exit: 0 });
  });
});

it.runIf(process.geteuid?.() === 0)(
  'a config of another user is refused, unless sudo was called by that user',
  async () => {
    const cwd = folderOf('colloquium.config.mjs', PROGRAM);
    chownSync(join(cwd, 'colloquium.config.mjs'), 4711, 4711);
    chownSync(cwd, 4711, 4711);
    for (const args of DOERS) expect(await runCli(args, { cwd })).toMatchObject({ exit: 78 });
    expect(existsSync(join(cwd, 'ran'))).toBe(false);
    const below = join(cwd, 'a');
    mkdirSync(below);
    expect(await runCli([], { cwd: below, env: { HOME: cwd } })).toMatchObject({ exit: 78 });
    const bySudo = { cwd, input: '1\n', env: { SUDO_UID: '4711' } };
    expect(await runCli([], bySudo)).toMatchObject({ stdout: '1\n', exit: 0 });
  },
);

it.each(['-v', '--verbose'])('%s says which config is used', async (flag) => {
  const cwd = folderOf('colloquium.yaml', YAML);
  const said = `colloquium: the config is ${join(cwd, 'colloquium.yaml')}\n`;
  const run = await runCli([flag], { cwd, input: '1\n' });
  expect([run.stdout, run.stderr.startsWith(said)]).toEqual(['1\n', true]);
  for (const args of [['check'], ['token', 'list'], ['cost'], ['journal', 'ls'], ['init', '--docker']]) {
    expect((await runCli([...args, flag], { cwd })).stderr, args.join(' ')).toContain(said);
  }
  expect((await runCli(['token', 'list', flag])).stderr).toContain('colloquium: no config is found\n');
});
