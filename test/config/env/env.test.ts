import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { fillPlaceholders, maskSecrets, Secret } from '../../../src/config/env/index.js';
import { resolveSecret, type SecretReaders } from '../../../src/config/env/resolve-secret.js';

describe('placeholders', () => {
  it.each([
    ['${A}', 'one'],
    ['x${A}y${B}', 'xoney'],
    ['${A:-other}', 'one'],
    ['${NONE:-other}', 'other'],
    ['${B:-other}', 'other'],
    ['${NONE:-}', ''],
    ['${NONE:-a:-b c}', 'a:-b c'],
    ['$A ${1} ${} ${a-b} $${', '$A ${1} ${} ${a-b} $${'],
  ])('%s becomes %j', (text, expected) => {
    expect(fillPlaceholders(text, { A: 'one', B: '' })).toMatchObject({ text: expected, unset: [] });
  });

  it('names every variable that is missing', () => {
    expect(fillPlaceholders('${X} ${A} ${Y}', { A: 'one' })).toEqual({
      text: '${X} one ${Y}',
      names: ['X', 'A', 'Y'],
      unset: ['X', 'Y'],
    });
  });

  it('does not take what every object inherits for a variable', () => {
    expect(fillPlaceholders('${constructor} ${toString}', {}).unset).toEqual(['constructor', 'toString']);
  });

  it('does not fill in again what a variable holds', () => {
    expect(fillPlaceholders('${A}', { A: '${B}', B: 'x' }).text).toBe('${B}');
  });
});

describe('a secret', () => {
  const secret = new Secret('hunter2"\\quoted');

  it('shows as stars, however it is printed', () => {
    for (const shown of [
      String(secret),
      secret.toString(),
      JSON.stringify({ secret }),
      inspect({ a: [secret] }, { depth: 9, showHidden: true }),
    ]) {
      expect(shown).not.toContain('hunter2');
      expect(shown).toContain('***');
    }
    expect(secret.reveal()).toBe('hunter2"\\quoted');
  });

  it('is masked in any text, also as it looks within JSON', () => {
    expect(maskSecrets('key hunter2"\\quoted.')).toBe('key ***.');
    expect(maskSecrets(JSON.stringify({ key: secret.reveal() }))).toBe('{"key":"***"}');
  });

  it('is masked whole where another secret is its start', () => {
    expect([new Secret('abcdefg'), new Secret('abcdefghi')]).toHaveLength(2);
    expect(maskSecrets('abcdefghi abcdefg')).toBe('*** ***');
  });
});

describe('getting a secret', () => {
  const readers = (answer: string | Error): SecretReaders & { calls: unknown[] } => {
    const calls: unknown[] = [];
    const reply = async (...call: unknown[]): Promise<string> => {
      calls.push(call);
      return await (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
    };
    return { calls, readFile: reply, run: reply };
  };

  it('from a file, without the newline at its end', async () => {
    const world = readers('from-file\r\n');
    expect((await resolveSecret({ kind: 'file', path: '/keys/one' }, world)).reveal()).toBe('from-file');
    expect(world.calls).toEqual([['/keys/one']]);
  });

  it('from a command line, which a shell runs, or from a program and its arguments', async () => {
    const world = readers('from-command\n');
    await resolveSecret({ kind: 'command', command: 'pass show key | head -1' }, world);
    await resolveSecret({ kind: 'command', command: ['pass', 'show', 'key'] }, world);
    expect(world.calls).toEqual([
      ['/bin/sh', ['-c', 'pass show key | head -1']],
      ['pass', ['show', 'key']],
    ]);
  });

  it('really reads files and runs commands', async () => {
    expect((await resolveSecret({ kind: 'command', command: 'printf "%s\\n" real-secret' })).reveal()).toBe(
      'real-secret',
    );
    await expect(resolveSecret({ kind: 'command', command: 'echo leaked-secret; exit 3' })).rejects.toThrow(
      /failed: it ended with 3$/,
    );
    await expect(resolveSecret({ kind: 'file', path: '/nowhere/key' })).rejects.toThrow(
      /cannot read the secret in \/nowhere\/key: ENOENT/,
    );
  });

  it('refuses an empty one', async () => {
    await expect(resolveSecret({ kind: 'file', path: '/keys/one' }, readers('\n'))).rejects.toThrow(
      '/keys/one gave an empty secret',
    );
  });
});
