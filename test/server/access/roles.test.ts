import { describe, expect, it } from 'vitest';
import {
  configTokens,
  digestOf,
  newToken,
  ROLES,
  type AccessRules,
  type AccessRole,
} from '../../../src/server/access/index.js';
import { post } from '../../support/daemon.js';
import { testServer } from '../../support/server.js';

describe('a server with tokens', () => {
  it('rejects everybody without one, except for the liveness check, and reveals nothing', async () => {
    const access: AccessRules = {
      open: 'no',
      configured: configTokens(['first-token', 'second-token']),
      created: new Map(),
    };
    const server = await testServer({ server: { access: () => access } });
    const get = (path: string, authorization?: string): Promise<Response> =>
      fetch(server.url + path, { headers: authorization === undefined ? {} : { authorization } });

    for (const path of ['/events', '/health', '/nothing', '/events/orders', '/', '/events/%zz']) {
      const refused = await get(path);
      expect([path, refused.status]).toEqual([path, 401]);
      expect(refused.headers.get('www-authenticate')).toContain('Bearer');
      expect(await refused.json()).toMatchObject({ error: 'Unauthorized' });
    }
    const wrong = [
      'Bearer',
      'Bearer x',
      'Basic first-token',
      basic('first-token', ''),
      'first-token',
      'Bearer first-token2',
      'Bearer first-toke',
      'Bearer first-token second-token',
    ];
    for (const authorization of wrong)
      expect([authorization, (await get('/health', authorization)).status]).toEqual([authorization, 401]);
    for (const authorization of ['Bearer first-token', 'bearer second-token', basic('anybody', 'first-token')])
      expect((await get('/health', authorization)).status).toBe(200);
    expect((await get('/livez')).status).toBe(200);

    expect((await post(`${server.url}/events`, 1)).status).toBe(401);
    expect((await post(`${server.url}/events`, 1, { authorization: 'Bearer second-token' })).status).toBe(202);
    expect(await server.stored()).toHaveLength(1);
    await server.close();
  });

  it('lets a token go as far as its role', async () => {
    const tokens = new Map(ROLES.map((role) => [role, newToken()] as const));
    const textOf = (role: AccessRole): string => tokens.get(role)?.text ?? '';
    const created = new Map(
      [...tokens].map(([role, { id, text }]) => [id, { id, role, digest: digestOf(text) }] as const),
    );
    const access: AccessRules = { open: 'no', configured: [], created };
    const server = await testServer({ server: { access: () => access } });
    const answers = async (role: AccessRole): Promise<unknown> => {
      const authorization = `Bearer ${textOf(role)}`;
      const [posted, read, health, nothing] = await Promise.all([
        post(`${server.url}/events`, 1, { authorization }),
        fetch(`${server.url}/events`, { headers: { authorization } }),
        fetch(`${server.url}/health`, { headers: { authorization } }),
        fetch(`${server.url}/nothing`, { headers: { authorization } }),
      ]);
      return [posted.status, read.status, health.status, nothing.status];
    };
    expect(await answers('ingest')).toEqual([202, 403, 403, 404]);
    expect(await answers('read')).toEqual([403, 200, 200, 404]);
    expect(await answers('admin')).toEqual([202, 200, 200, 404]);

    const last = textOf('admin').slice(0, -1);
    const forged = [`${last}-`, `${last}_`, textOf('admin').replace(/_[^]*/, '')];
    for (const text of forged.filter((one) => one !== textOf('admin')))
      expect((await post(`${server.url}/events`, 1, { authorization: `Bearer ${text}` })).status).toBe(401);
    await server.close();
  });
});

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
