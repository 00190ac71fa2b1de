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

describe('a secret that somebody encoded', () => {
  const KEY = 'sk-proj-A/b+c d&é"\\9~(x)';
  const TEXT = new Secret(KEY).reveal();
  const bytes = Buffer.from(TEXT);
  const lower = (text: string): string => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  const every = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

  it.each([
    ['JSON with escaped slashes', JSON.stringify(TEXT).slice(1, -1).replaceAll('/', '\\/')],
    ['percent', encodeURIComponent(TEXT)],
    ['percent, in lower case', lower(encodeURIComponent(TEXT))],
    ['a form', new URLSearchParams({ k: TEXT }).toString().slice(2)],
    ['percent for each byte', every],
    ['base64', bytes.toString('base64')],
    ['base64url', bytes.toString('base64url')],
    ['base64 in a URL', encodeURIComponent(bytes.toString('base64'))],
  ])('is masked: %s', (_, form) => {
    expect(maskSecrets(`error: <${form}>`)).toBe('error: <***>');
    expect(maskSecrets(form)).not.toMatch(/sk-|c2st|A%2F/i);
  });

  it('is masked within a longer text in base64, wherever it begins', () => {
    const secret = new Secret('correct-horse-battery').reveal();
    for (const user of ['', 'u', 'me', 'ada', 'ada:', 'someone:']) {
      for (const end of ['', '.', '..']) {
        const encoded = Buffer.from(`${user}${secret}${end}`).toString('base64');
        const left = maskSecrets(encoded);
        expect(left).toContain('***');
        // What is left are characters that also hold bits of the neighbours: two at most on each side.
        const known = Buffer.from(`${user}${'.'.repeat(secret.length)}${end}`).toString('base64').length;
        expect(left.length - 3).toBeLessThanOrEqual(known - Math.floor((secret.length * 8) / 6) + 2);
        expect(Buffer.from(left.replace('***', ''), 'base64').toString('latin1')).not.toMatch(/orrec|horse|batter/);
      }
    }
  });
});
