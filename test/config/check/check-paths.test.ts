import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../src/jobs/kinds/index.js';
import { checkPaths } from '../../../src/config/index.js';
import { folderWith } from '../folder.js';

async function check(files: Record<string, string>, ...paths: string[]): Promise<{ files: string[]; found: string[] }> {
  const folder = await folderWith(files);
  const options = { kinds: KINDS, env: {}, home: '/home/someone', isPriced: () => true };
  const { files: checked, diagnostics } = await checkPaths(
    paths.map((path) => join(folder, path)),
    options,
  );
  return {
    files: checked.map((file) => relative(folder, file)),
    found: diagnostics.map(({ file, line, column, code }) => `${relative(folder, file)}:${line}:${column} ${code}`),
  };
}

describe('checking paths', () => {
  it('takes a JSON file with sections for a config, any other for a script', async () => {
    const files = {
      'a.json': '{"server": {"prot": 1}}',
      'b.json': '["nope"]',
      'c.jsonc': '// a constant\n{"server2": 1}',
    };
    expect((await check(files, 'a.json', 'b.json', 'c.jsonc')).found).toEqual([
      'a.json:1:13 unknown-key',
      'b.json:1:1 unknown-operator',
    ]);
  });

  it('takes YAML for a config, whatever its name', async () => {
    expect((await check({ 'my.yml': 'prot: 1' }, 'my.yml')).found).toEqual(['my.yml:1:1 unknown-key']);
  });

  it('looks through folders, but not into hidden ones, node_modules or other YAML files', async () => {
    const files = {
      'colloquium.yaml': 'scripts: {a: ./s/one.json}',
      'compose.yaml': 'services: {}',
      's/one.json': '["nope"]',
      's/deep/two.jsonc': '["+"]',
      'package.json': '{"name": "x"}',
      '.hidden/three.json': '["nope"]',
      'node_modules/four/five.json': '["nope"]',
    };
    expect(await check(files, '.')).toEqual({
      files: ['colloquium.yaml', 'package.json', 's/deep/two.jsonc', 's/one.json'],
      found: ['s/deep/two.jsonc:1:1 wrong-arity', 's/one.json:1:1 unknown-operator'],
    });
  });

  it('says nothing of tables that a script file by itself names, and the config that names the script does', async () => {
    const files = {
      'colloquium.yaml': 'scripts: {a: ./one.json}\ntables: {users: {file: ./u.csv, key: id}}',
      'one.json': '["table.get", "user", 1]',
      'u.csv': 'id\n1\n',
    };
    expect((await check(files, 'one.json')).found).toEqual([]);
    expect((await check(files, '.')).found).toEqual(['one.json:1:15 unknown-table']);
  });

  it('takes links to files, and neither links to folders nor named pipes, which it would wait for', async () => {
    const folder = await folderWith({ 'a.json': '["nope"]' });
    symlinkSync('a.json', join(folder, 'b.json'));
    symlinkSync('.', join(folder, 'c.json'));
    symlinkSync('nowhere', join(folder, 'd.json'));
    execFileSync('mkfifo', [join(folder, 'e.json')]);
    const { files } = await checkPaths([folder], {
      kinds: KINDS,
      env: {},
      home: '/home/someone',
      isPriced: () => true,
    });
    expect(files.map((file) => relative(folder, file))).toEqual(['a.json', 'b.json']);
  });

  it('reports a path that is not there', async () => {
    expect((await check({}, 'none')).found).toEqual(['none:1:1 file-not-found']);
  });

  it('goes on after a broken file', async () => {
    expect((await check({ 'a.json': '[', 'b.json': '["nope"]' }, '.')).found).toEqual([
      'a.json:1:2 syntax-error',
      'b.json:1:1 unknown-operator',
    ]);
  });
});
