import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, execute } from 'computo-js';
import { chargeOf } from '../charge.js';
import { runs } from '../../support/runs.js';

const redact = (text: string, ...kinds: string[]): unknown => execute(['text.redact', text, { array: kinds }, '█']);

describe('text.redact hides', () => {
  it.each<[string, string, string]>([
    ['email', '<ada.l+x@mail.example.org>, b@y.net.', '<█>, █.'],
    ['email', 'mailto:jürgen@müller.de', 'mailto:█'],
    ['email', 'https://ada@x.org-/a@b', 'https://█-/a@b'],
    ['email', 'a@x.org.5 and @home and a@localhost and a@1.2', '█.5 and @home and a@localhost and a@1.2'],
    ['card', 'Visa 4111-1111-1111-1111, Amex 378282246310005, Maestro 6759649826438453', 'Visa █, Amex █, Maestro █'],
    ['card', 'pan=4222222222222; 3056 930902 5904', 'pan=█; █'],
    ['card', 'at 2026-01-02 4111 1111 1111 1111 x', 'at 2026-01-02 █ x'],
    [
      'card',
      '1712345678903 17123456789032 0.4111111111111111 41111111111111111111111',
      '1712345678903 17123456789032 0.4111111111111111 41111111111111111111111',
    ],
    ['ip', '10.0.0.1:80, ::1, [2001:db8::ff00:42:8329]:443, fe80::1%eth0.', '█:80, █, [█]:443, █%eth0.'],
    ['ip', 'ip:2001:db8:0:0:0:0:0:1: down, ::ffff:192.0.2.128', 'ip:█: down, █'],
    [
      'ip',
      'v1.2.3.4 1.2.3.4.5 1.2.3 12:30:45 aa:bb:cc:dd:ee:ff std::abc :: 256.1.1.1',
      'v1.2.3.4 1.2.3.4.5 1.2.3 12:30:45 aa:bb:cc:dd:ee:ff std::abc :: 256.1.1.1',
    ],
    ['phone', '+1 (415) 555-2671, tel:+4930/1234567; +44 20.7946.0958 8', '█, tel:█; █'],
    [
      'phone',
      '+1234567 a+49170123456 +0170 1234567 1+4917012345678',
      '+1234567 a+49170123456 +0170 1234567 1+4917012345678',
    ],
    ['phone', '+49 170 1234567 12345678 +123456789012345678', '█ 12345678 +123456789012345678'],
    ['iban', 'GB82WEST12345698765432, gb82 west 1234 5698 7654 32.', '█, █.'],
    [
      'iban',
      'NO93 8601 1117 947 from NL91 ABNA 0417 1643 00 and ADE89370400440532013000',
      '█ from █ and ADE89370400440532013000',
    ],
  ])('%s in %s', (kind, text, expected) => {
    expect(redact(text, kind)).toBe(expected);
  });

  it('what several kinds claim, as a whole', () => {
    expect(redact('4111111111111111@x.org', 'card', 'email')).toBe('█');
    expect(redact('4111111111111111@x.org', 'email', 'card')).toBe('█');
    expect(redact('a@x.org 10.0.0.1', 'ip', 'email')).toBe('█ █');
    expect(redact('a@x.org', 'email', 'email')).toBe('█');
    expect(redact('a@x.org')).toBe('a@x.org');
  });
});

describe('cards', () => {
  it('are redacted exactly when their last digit is right', () => {
    const digits = fc.array(fc.nat(9), { minLength: 14, maxLength: 18 });
    fc.assert(
      fc.property(digits, ([...known]) => {
        const hidden = Array.from({ length: 10 }, (_, last) => redact(`${known.join('')}${last}`, 'card'));
        expect(hidden.filter((text) => text === '█').length).toBe(1);
      }),
      { numRuns: runs(100) },
    );
  });
});

describe('IBANs', () => {
  it('are redacted exactly when their check digits are right', () => {
    const account = fc.stringMatching(/^[A-Z0-9]{11,30}$/);
    fc.assert(
      fc.property(account, (rest) => {
        const number = Array.from(`${rest}FR00`, (one) => String(Number.parseInt(one, 36))).join('');
        const checkDigits = 98n - (BigInt(number) % 97n);
        const shown = [checkDigits, (checkDigits % 96n) + 2n].map((two) =>
          redact(`FR${String(two).padStart(2, '0')}${rest}`, 'iban'),
        );
        expect(shown[0]).toBe('█');
        expect(shown[1]).not.toBe('█');
      }),
      { numRuns: runs(200) },
    );
  });
});

describe('kinds', () => {
  it('that are unknown are told before they are asked for, in either dialect', () => {
    for (const dialect of ['classic', 'current'] as const) {
      const [problem, ...more] = check(['text.redact', 'a', { array: ['email', 'crad', 5] }], { dialect });
      expect(problem).toMatchObject({ code: 'unknown-kind', severity: 'error' });
      expect(problem?.message).toContain('Did you mean "card"?');
      expect(more.map(({ code }) => code)).toEqual(['unknown-kind']);
    }
  });
});

describe('work', () => {
  it.each(['a@', 'a@b.', '-', '1', '0000 ', '1.1.1.1.', '::', 'a:b::', '+1', '+', 'AB12 ', '(('])(
    'is linear in %s',
    (part) => {
      const charge = (times: number): number =>
        chargeOf(
          ['text.redact', ['$input'], { array: ['email', 'card', 'ip', 'phone', 'iban'] }],
          [part.repeat(times)],
          'current',
        );
      expect(charge(20_000) / charge(2000)).toBeLessThan(10.5);
      expect(charge(20_000) / charge(2000)).toBeGreaterThan(8);
    },
  );
});
