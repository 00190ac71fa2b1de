import { chmodSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { runtimeFolder } from '../../src/sinks/runtime-folder.js';

const place = (): string => mkdtempSync(join(tmpdir(), 'runtime-'));

it('the runtime folder is made for its user alone, once', () => {
  const folder = runtimeFolder(place());
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(runtimeFolder(join(folder, '..'))).toBe(folder);
});

it('is none that others could write to, and nothing else', () => {
  const name = basename(runtimeFolder(place()));
  const [open, file, link] = [place(), place(), place()];
  chmodSync(runtimeFolder(open), 0o777);
  expect(() => runtimeFolder(open)).toThrow(`${join(open, name)} is accessible to other users`);
  writeFileSync(join(file, name), '');
  expect(() => runtimeFolder(file)).toThrow('is not a folder');
  symlinkSync(place(), join(link, name));
  expect(() => runtimeFolder(link)).toThrow('is not a folder');
  expect(() => runtimeFolder(join(link, 'nowhere'))).toThrow('ENOENT');
});
