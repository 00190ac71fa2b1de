import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/server/openapi/index.js';
import { post, postLines } from '../support/daemon.js';
import { testServer, type TestServer } from '../support/server.js';

interface Description {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Described {
  readonly summary: string;
  readonly responses: Readonly<Record<string, Answer>>;
}

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}

describe('the description of the API', () => {
  let server: TestServer;
  let description: Description;
  beforeAll(async () => {
    server = await testServer();
    description = (await (await fetch(`${server.url}/openapi.json`)).json()) as Description;
  });
  afterAll(() => server.close());

  it('says something of every route there is, and of no other', () => {
    const described = Object.entries(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described.sort()).toEqual(Object.keys(OPERATIONS).sort());
    for (const methods of Object.values(description.paths))
      for (const operation of Object.values(methods)) expect(operation.summary).not.toBe('');
  });

  it.each<[string, string, (url: string) => Promise<Response>]>([
    ['POST', '/events', (url) => post(url, { n: 1 })],
    ['POST', '/events', (url) => post(url, '{"n":')],
    ['POST', '/events', (url) => post(url, 'x'.repeat(2 << 20))],
    ['POST', '/events', (url) => post(url, 'x', { 'content-type': 'text/plain' })],
    ['POST', '/events', (url) => post(url, 1, { origin: 'http://evil.example' })],
    ['POST', '/events', (url) => postLines(url, '1\nx\n')],
    ['POST', '/events', (url) => postLines(url, 'x\n')],
    ['GET', '/events', (url) => fetch(`${url}?limit=1`)],
    ['GET', '/events', (url) => fetch(`${url}?limit=x`)],
    ['GET', '/health', (url) => fetch(url)],
    ['GET', '/readyz', (url) => fetch(url)],
    ['GET', '/fleet', (url) => fetch(url)],
    ['GET', '/livez', (url) => fetch(url)],
    ['GET', '/metrics', (url) => fetch(url)],
    ['GET', '/metrics.json', (url) => fetch(url)],
    ['GET', '/openapi.json', (url) => fetch(url)],
  ])('is what %s %s answers (%#)', async (method, path, ask) => {
    const answer = await ask(server.url + path);
    const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
    const content = description.paths[path]?.[method.toLowerCase()]?.responses[answer.status]?.content ?? {};
    expect(Object.keys(content), `${answer.status}`).toContain(type);
    const schema = content[type]?.schema;
    const body = await answer.text();
    if (schema === undefined) return;
    const ajv = new Ajv2020({ strict: false, formats: { uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/ } });
    const validate = ajv.compile({ ...schema, components: description.components });
    expect(validate(JSON.parse(body)), `${body}\n${JSON.stringify(validate.errors)}`).toBe(true);
  });
});
