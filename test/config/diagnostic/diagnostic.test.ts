import { describe, expect, it } from 'vitest';
import { didYouMean, nearest, PLAIN, renderDiagnostic } from '../../../src/config/diagnostic/index.js';
import { hideSecrets, isSecretItem } from '../../../src/config/diagnostic/hide-secrets.js';
import { diagnoseSpan } from '../../../src/config/source/index.js';

const at = (text: string, start: number, length = 1) =>
  diagnoseSpan(
    { file: 'a.yaml', text },
    { start, end: start + length },
    { severity: 'error', code: 'some-code', message: 'it is wrong', hint: 'mend it' },
  );

describe('a rendered finding', () => {
  it('has place, code, frame and hint', () => {
    expect(renderDiagnostic(at('one: 1\ntwo: 2\nthree: 3\nfour: 4\n', 16, 9))).toBe(
      [
        'a.yaml:3:3 error some-code: it is wrong',
        '  1 | one: 1',
        '  2 | two: 2',
        '> 3 | three: 3',
        '    |   ^^^^^^',
        '  4 | four: 4',
        '  hint: mend it',
      ].join('\n'),
    );
  });

  it('can name the file otherwise, be coloured and be masked', () => {
    const palette = { ...PLAIN, error: (text: string) => `<${text}>` };
    const shown = renderDiagnostic(at('a: 1\n', 3), {
      palette,
      showFile: (file) => `../${file}`,
      mask: (text) => text.replace('mend', '***'),
    });
    expect(shown).toBe('../a.yaml:1:4 <error> some-code: it is wrong\n<>> 1 | a: 1\n    |    <^>\n  hint: *** it');
  });

  it('stays narrow on a line of a megabyte, with the caret under the place', () => {
    const text = `${'x'.repeat(500_000)}HERE${'y'.repeat(500_000)}`;
    const lines = renderDiagnostic(at(text, 500_000, 4)).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
    const caret = lines[2]?.indexOf('^') ?? -1;
    expect(lines[1]?.slice(caret, caret + 4)).toBe('HERE');
  });

  it('holds up at the very end of a text', () => {
    expect(renderDiagnostic(at('a: 1\n', 5))).toContain('a.yaml:2:1');
    expect(renderDiagnostic(at('', 0))).toContain('a.yaml:1:1');
  });

  it('lets no control character of the file reach the terminal', () => {
    expect(renderDiagnostic(at('a: \u001b[31mred\t\n', 0))).not.toContain('\u001b');
  });
});

describe('frames hide secrets', () => {
  it.each([
    ['  api_key: sk-abc', '  api_key: ******'],
    ['"api_key": "sk-abc",', '"api_key": ********,'],
    ['o: {api_key: sk-abc, models: [x]}', 'o: {api_key: ******, models: [x]}'],
    ['  api_key: ${KEY}', '  api_key: ${KEY}'],
    ['  api_key: "${KEY}"', '  api_key: "${KEY}"'],
    ['  api_key: { file: ./key }', '  api_key: { file: ./key }'],
    ['  tokens: [abc, def]', '  tokens: **********'],
    ['  api_keys: [abc, def]', '  api_keys: **********'],
    ['  max_tokens: 100', '  max_tokens: 100'],
    ['  tokens_per_minute: 5', '  tokens_per_minute: 5'],
    ['  port: 80', '  port: 80'],
    ['  url: nats://me:pw@host:4222', '  url: nats://*****@host:4222'],
    ['  webhook: https://hooks/x', '  webhook: ***************'],
    ['  base_url: https://h/v1?code=abc', '  base_url: https://h/v1?********'],
    ['  query: { code: abc }', '  query: *************'],
  ])('%s', (line, expected) => {
    expect(hideSecrets(line, false)).toBe(expected);
  });

  it('in a list below its key too', () => {
    expect(isSecretItem('    - two', ['    - one', '  tokens:', 'server:'])).toBe(true);
    expect(isSecretItem('    - two', ['    - { file: ./key }', '    api_keys:', '  openai:'])).toBe(true);
    expect(isSecretItem('  mine:', ['    - two', '    api_keys:', '  openai:'])).toBe(false);
    expect(isSecretItem('    - two', ['    - one', '  models:', 'server:', '  tokens:'])).toBe(false);
    expect(hideSecrets('    - two', true)).toBe('    - ***');
    expect(hideSecrets('    "two",', true)).toBe('    ******');
  });
});

describe('the nearest name', () => {
  it.each([
    ['prot', 'port'],
    ['maxQueueSize', 'max_queue_size'],
    ['max-queue-sise', 'max_queue_size'],
    ['hst', 'host'],
  ])('%s is %s', (name, expected) => {
    expect(nearest(name, ['host', 'port', 'max_queue_size', 'max_body_size'])).toBe(expected);
  });

  it('is none where nothing is near', () => {
    expect(nearest('banana', ['host', 'port'])).toBeUndefined();
    expect(didYouMean('', ['host'])).toBeUndefined();
  });
});
