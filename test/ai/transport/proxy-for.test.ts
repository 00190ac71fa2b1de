import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../src/ai/transport/index.js';

describe('the proxy for an address', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ['https://api.x.com', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1'],
    ['https://api.x.com', { https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:1' }, 'http://p:1'],
    ['https://api.x.com', { https_proxy: '', HTTPS_PROXY: 'http://q:1' }, undefined],
    ['https://api.x.com', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http://api.x.com', { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:1' }, 'http://p:1'],
    ['http://api.x.com', { http_proxy: 'p:3128' }, 'http://p:3128'],
    ['https://api.x.com', { HTTPS_PROXY: 'https://u:s@p:1' }, 'https://u:s@p:1'],
    ['https://api.x.com', {}, undefined],
  ])('%s with %j is %s', (address, env, proxy) => {
    expect(proxyFor(address, env)).toBe(proxy);
  });

  it('is refused when it is none', () => {
    expect(() => proxyFor('https://api.x.com', { HTTPS_PROXY: 'socks5://p:1' })).toThrow('HTTPS_PROXY is not the URL');
  });

  it.each<[string, string, boolean]>([
    ['https://api.x.com', '*', true],
    ['https://api.x.com', 'localhost, X.com', true],
    ['https://api.x.com', '.x.com', true],
    ['https://x.com', '.x.com', true],
    ['https://api.x.com', '*.x.com other', true],
    ['https://notx.com', 'x.com', false],
    ['https://api.x.com', 'x.com:443', true],
    ['https://api.x.com:8443', 'x.com:443', false],
    ['http://127.0.0.1:11434', '127.0.0.1', true],
    ['http://127.0.0.1:11434', '127.0.0.1:80', false],
    ['http://10.1.2.3', '10.0.0.0/8,172.16.0.0/12', true],
    ['http://11.1.2.3', '10.0.0.0/8', false],
    ['http://11.1.2.3', '10.0.0.0/99, /8, a/8, ::1/x', false],
    ['http://[::1]:11434', '::1', true],
    ['http://[::1]:11434', '[::1]:11434', true],
    ['http://[fd00::1]', 'fd00::/8', true],
    ['https://api.x.com', '', false],
  ])('%s with NO_PROXY %j is exempt: %s', (address, list, exempt) => {
    const env = { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://p:1', NO_PROXY: list };
    expect(proxyFor(address, env)).toBe(exempt ? undefined : 'http://p:1');
  });
});
