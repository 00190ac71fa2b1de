import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComputoError, execute, stringify, type Json } from 'computo-js';
import { anyText } from '../../support/any-text.js';

const parseUrl = (text: string): Json => execute(['url.parse', ['$input']], [text]);
const parseQuery = (text: string): Json => execute(['query.parse', ['$input']], [text]);

const NOTHING = { port: null, path: null, query: {}, fragment: null };

describe('query.parse', () => {
  it('reads the parameters that were written', () => {
    const parameter = fc.tuple(anyText({ maxLength: 4 }), anyText({ maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(parameter, { maxLength: 6 }), (parameters) => {
        const expected = new Map<string, string | string[]>();
        for (const [key, value] of parameters) {
          const before = expected.get(key);
          expected.set(key, before === undefined ? value : [before, value].flat());
        }
        const query = parameters.map((parts) => parts.map(encodeURIComponent).join('=')).join('&');
        const read = parseQuery(query) as Readonly<Record<string, Json>>;
        expect(new Map(Object.entries(read))).toEqual(expected);
      }),
    );
  });

  it.each<[string, string]>([
    ['?a=1', '{"a":"1"}'],
    ['??a=1', '{"?a":"1"}'],
    ['a&b=&=c&&', '{"a":"","b":"","":"c"}'],
    ['a=1&b=2&a=3&a', '{"a":["1","3",""],"b":"2"}'],
    ['b=1&10=2&9=3', '{"b":"1","10":"2","9":"3"}'],
    ['__proto__=1&constructor=2&__proto__=3', '{"__proto__":["1","3"],"constructor":"2"}'],
    ['a=1+2%2B%26%3D', '{"a":"1 2+&="}'],
    ['a=%zz&b=%4&c=%', '{"a":"%zz","b":"%4","c":"%"}'],
    ['a=%ff', '{"a":"\ufffd"}'],
    ['é=ü;x', '{"é":"ü;x"}'],
  ])('reads %j', (query, members) => {
    expect(stringify(parseQuery(query))).toBe(members);
  });
});

describe('url.parse', () => {
  it.each<[string, Json]>([
    ['HTTPS://X.Org', { ...NOTHING, scheme: 'https', host: 'x.org' }],
    ['https://x.org/', { ...NOTHING, scheme: 'https', host: 'x.org', path: '/' }],
    ['https://x.org:443/', { ...NOTHING, scheme: 'https', host: 'x.org', port: 443, path: '/' }],
    ['https://x.org:?#', { ...NOTHING, scheme: 'https', host: 'x.org', fragment: '' }],
    ['http://user:p@ss@x.org/a@b', { ...NOTHING, scheme: 'http', host: 'x.org', path: '/a@b' }],
    ['http://[2001:DB8::1]:80/', { ...NOTHING, scheme: 'http', host: '[2001:db8::1]', port: 80, path: '/' }],
    ['http://x.org/%20 /../é', { ...NOTHING, scheme: 'http', host: 'x.org', path: '/%20 /../é' }],
    [
      'http://x.org/?a=/?b#c?d#e',
      { scheme: 'http', host: 'x.org', port: null, path: '/', query: { a: '/?b' }, fragment: 'c?d#e' },
    ],
    ['http://x.org??a=1', { ...NOTHING, scheme: 'http', host: 'x.org', query: { '?a': '1' } }],
    ['file:///etc/hosts', { ...NOTHING, scheme: 'file', host: null, path: '/etc/hosts' }],
    ['mailto:ada@x.org', { ...NOTHING, scheme: 'mailto', host: null, path: 'ada@x.org' }],
    ['urn:isbn:1', { ...NOTHING, scheme: 'urn', host: null, path: 'isbn:1' }],
    ['http://münchen.de', { ...NOTHING, scheme: 'http', host: 'münchen.de' }],
    ['http://x.org/a\nb', { ...NOTHING, scheme: 'http', host: 'x.org', path: '/a\nb' }],
  ])('reads %j', (url, parts) => {
    expect(parseUrl(url)).toEqual(parts);
  });

  it('has its members in the order of a URL', () => {
    expect(Object.keys(parseUrl('http://x.org?a#b') as object)).toEqual([
      'scheme',
      'host',
      'port',
      'path',
      'query',
      'fragment',
    ]);
  });

  it('agrees with URL about the host and the port of what both take', () => {
    const piece = fc.constantFrom('a', 'b.c', 'x.org', '@', ':', '80', '65536', '/', '?', '#', '[::1]', '\\', ' ', '_');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = `ws://${pieces.join('')}`;
        const ours = attempt(() => parseUrl(text)) as { host: string; port: number | null } | undefined;
        const theirs = attempt(() => new URL(text));
        // Host names that look like numbers become addresses there.
        if (ours === undefined || theirs === undefined || /^[0-9.]+$/.test(theirs.hostname)) return;
        expect(ours.host).toBe(theirs.hostname);
        expect(ours.port === 80 ? '' : String(ours.port ?? '')).toBe(theirs.port);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['', 'it does not begin with a scheme, like https://'],
    ['x.org/a', 'it does not begin with a scheme, like https://'],
    ['//x.org/a', 'it does not begin with a scheme, like https://'],
    [' https://x.org', 'it does not begin with a scheme, like https://'],
    ['1http://x.org', 'it does not begin with a scheme, like https://'],
    ['http:', 'http:// must be followed by a host'],
    ['https:x.org', 'https:// must be followed by a host'],
    ['http:///x', 'http:// must be followed by a host'],
    ['http://:80', 'http:// must be followed by a host'],
    ['http://user@', 'http:// must be followed by a host'],
    ['http://x.org:65536', 'ports end at 65535'],
    ['http://x.org:80a', 'host and port have the form example.org:8080'],
    ['http://x.org:80:80', 'host and port have the form example.org:8080'],
    ['http://::1/', 'host and port have the form example.org:8080'],
    ['http://[::1', 'host and port have the form example.org:8080'],
    ['http://x .org/', 'the host has the character " "'],
    ['http://x.org\\@evil.org/', 'the host has the character "\\\\"'],
    ['http://x.org\n/', 'the host has the character "\\n"'],
  ])('refuses %j', (url, problem) => {
    expect(() => parseUrl(url)).toThrow(problem);
    expect(() => parseUrl(url)).toThrow(ComputoError);
  });
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
