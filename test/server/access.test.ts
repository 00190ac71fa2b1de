import { describe, expect, it } from 'vitest';
import { post } from '../support/daemon.js';
import { testServer } from '../support/server.js';

describe('a server with tokens', () => {
  it('lets nobody in who has none, but for the liveness check, and tells them nothing', async () => {
    const server = await testServer({ settings: { tokens: ['first-token', 'second-token'] } });
    const get = (path: string, authorization?: string): Promise<Response> =>
      fetch(server.url + path, { headers: authorization === undefined ? {} : { authorization } });

    for (const path of ['/events', '/health', '/nothing', '/events/orders', '/']) {
      const refused = await get(path);
      expect([path, refused.status]).toEqual([path, 401]);
      expect(refused.headers.get('www-authenticate')).toContain('Bearer');
      expect(await refused.json()).toMatchObject({ error: 'Unauthorized' });
    }
    const wrong = [
      'Bearer',
      'Bearer x',
      'Basic first-token',
      'first-token',
      'Bearer first-token2',
      'Bearer first-toke',
      'Bearer first-token second-token',
    ];
    for (const authorization of wrong)
      expect([authorization, (await get('/health', authorization)).status]).toEqual([authorization, 401]);
    for (const authorization of ['Bearer first-token', 'bearer second-token'])
      expect((await get('/health', authorization)).status).toBe(200);
    expect((await get('/livez')).status).toBe(200);

    expect((await post(`${server.url}/events`, 1)).status).toBe(401);
    expect((await post(`${server.url}/events`, 1, { authorization: 'Bearer second-token' })).status).toBe(202);
    expect(await server.stored()).toHaveLength(1);
    await server.close();
  });
});
