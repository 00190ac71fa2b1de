import { describe, expect, it } from 'vitest';
import { refuseCrossSite, refuseForeignHost } from '../../../src/server/access/cross-site.js';

describe('a page of another site', () => {
  it.each([
    ['POST', {}, true],
    ['POST', { origin: 'http://localhost:8080' }, true],
    ['POST', { origin: 'https://localhost:8080', 'sec-fetch-site': 'same-origin' }, true],
    ['POST', { 'sec-fetch-site': 'none' }, true],
    ['POST', { origin: 'http://evil.example' }, false],
    ['POST', { origin: 'http://localhost:8081' }, false],
    ['POST', { origin: 'null' }, false],
    ['POST', { origin: 'http://localhost:8080', 'sec-fetch-site': 'same-site' }, false],
    ['DELETE', { 'sec-fetch-site': 'cross-site' }, false],
    ['GET', { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }, true],
  ])('may %s with %j: %s', (method, headers, may) => {
    const check = (): void => refuseCrossSite(method, { host: 'localhost:8080', ...headers });
    if (may) expect(check).not.toThrow();
    else expect(check).toThrow('other sites');
  });

  it.each([
    [undefined, true],
    ['localhost', true],
    ['LocalHost.:8080', true],
    ['app.localhost:8080', true],
    ['127.8.9.1', true],
    ['127.0.0.1:8080', true],
    ['[::1]:8080', true],
    ['build-box:8080', true],
    ['BUILD-BOX', true],
    ['service.example:8080', true],
    ['another-box:8080', false],
    ['x.local', false],
    ['x.internal:8080', false],
    ['x.home.arpa', false],
    ['host.docker.internal:8080', false],
    ['192.168.1.5:8080', false],
    ['0.0.0.0:8080', false],
    ['0', false],
    ['2130706433', false],
    ['[fe80::1]', false],
    ['', false],
    [':8080', false],
    ['localhost@evil.example', false],
    ['localhost:80:80', false],
    ['127.0.0.1.', true],
    ['evil.example', false],
    ['evil.example:8080', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example:80', false],
    ['evil.example/.local', false],
  ])('may call this machine %s: %s', (host, may) => {
    const check = (): void => refuseForeignHost(host, new Set(['build-box', 'service.example']));
    if (may) expect(check).not.toThrow();
    else expect(check).toThrow('without tokens');
  });
});
