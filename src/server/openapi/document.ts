import type { NeededRole } from '../access/index.js';
import { OPERATIONS, type Answer, type OpenApiOperation } from './operations.js';
import { SCHEMAS, type Schema } from './schemas.js';

/** A route as it is registered. */
export interface RegisteredRoute {
  readonly method: string;
  /** With parameters written as `:name`. */
  readonly path: string;
  readonly role: NeededRole;
  /** Whether it answers while the log is being recovered. */
  readonly early: boolean;
}

const ERROR = { 'application/json': ['Error'] } as const;

/** Should never be used: a test checks this. */
const UNDESCRIBED: OpenApiOperation = { summary: '', answers: {} };

/** Answers that the guard may give before a route runs. */
const GUARDED: Readonly<Record<number, Answer>> = {
  401: { description: 'No valid token.', content: ERROR },
  403: {
    description: "The token's role is not sufficient, or the request comes from a page of another site.",
    content: ERROR,
  },
  429: { description: 'Too many requests: retry after the time in Retry-After.', content: ERROR },
};

/** Answers of all routes that need the log while it is not yet available. */
const NOT_YET: Readonly<Record<number, Answer>> = {
  503: { description: 'The log is being recovered: retry after the time in Retry-After.', content: ERROR },
};

/**
 * Describes the API (OpenAPI 3.1).
 *
 * @param routes the registered routes
 */
export function openApiDocument(routes: readonly RegisteredRoute[], version: string): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, role, early } of routes) {
    const operation = OPERATIONS[`${method} ${path}`] ?? UNDESCRIBED;
    const name = path.replaceAll(/:(\w+)/g, '{$1}');
    paths[name] = { ...paths[name], [method.toLowerCase()]: described(operation, path, role, early) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Colloquium',
      version,
      description: 'Accepts events, stores them durably, and reports the state of the daemon.',
    },
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        password: { type: 'http', scheme: 'basic', description: 'The token is the password, with any user name.' },
      },
    },
  };
}

function described(
  { summary, query, headers, body, answers }: OpenApiOperation,
  path: string,
  role: NeededRole,
  early: boolean,
): Schema {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const parameters = [...inPath, ...parametersIn('query', query), ...parametersIn('header', headers)];
  const isPublic = role === 'public';
  const all = { ...(!isPublic && GUARDED), ...(!early && NOT_YET), ...answers };
  return {
    summary,
    ...(!isPublic && {
      description: `Requires a token with the role ${role === 'any' ? 'ingest, read or admin' : role}.`,
    }),
    // An empty requirement: without tokens, none is required.
    security: isPublic ? [] : [{ token: [] }, { password: [] }, {}],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: true,
        content: mapValues(body, (schema) => ({ schema })),
      },
    }),
    responses: mapValues(all, ({ description, content }) => ({
      description,
      ...(content && {
        content: mapValues(content, (names) => {
          const anyOf = names.map((name) => ({ $ref: `#/components/schemas/${name}` }));
          return anyOf.length === 0 ? {} : { schema: anyOf.length === 1 ? anyOf[0] : { anyOf } };
        }),
      }),
    })),
  };
}

function parametersIn(place: 'query' | 'header', named: OpenApiOperation['query'] = {}): readonly Schema[] {
  return Object.entries(named).map(([name, { description, ...schema }]) => ({ name, in: place, description, schema }));
}

function mapValues<From, To>(object: Readonly<Record<string, From>>, to: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, to(value)]));
}
