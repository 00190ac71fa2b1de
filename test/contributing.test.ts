import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLOORS } from './floors.js';
import { root } from './support/cli.js';

const text = readFileSync(join(root, '.github/CONTRIBUTING.md'), 'utf8');

describe('the page for who comes next', () => {
  it('names only files and folders that are there', () => {
    const named = [...text.matchAll(/`((?:src|test|bin|\.config|\.github)\/[\w./*-]+)`/g)].map(([, path = '']) => path);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('has the floors that are kept', () => {
    const rows = [...text.matchAll(/^\| \d \| ([^|]+) \|/gm)].map(([, folders = '']) =>
      [...folders.matchAll(/`([^`]+)`/g)].map(([, folder]) => folder),
    );
    expect(rows).toEqual(FLOORS);
  });

  it('names the scripts that package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, script = '']) => script);
    expect(named.filter((script) => !(script in scripts))).toEqual([]);
  });
});
