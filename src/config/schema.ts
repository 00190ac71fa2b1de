import type { Json } from 'computo-js';
import type { core, output, ZodObject } from 'zod';
import type { ConfigKinds } from './kinds/index.js';
import { aiProvider } from './schema/ai-providers.js';
import { alerts } from './schema/alerts.js';
import { flag } from './schema/fields.js';
import { costManagement } from './schema/cost-management.js';
import { logging } from './schema/logging.js';
import { fleet, nats } from './schema/nats.js';
import { pipeline } from './schema/pipeline.js';
import { computo, journal, processing, providerWait, stateDir } from './schema/processing.js';
import { secret } from './schema/secret.js';
import { server } from './schema/server.js';
import { sources } from './schema/sources.js';
import { storage } from './schema/storage.js';
import { named, section } from './schema/structures.js';
import { table } from './schema/tables.js';
import { testCases } from './schema/tests.js';
import { z } from './schema/zod.js';

/**
 * The single schema of the config file, from which types, validation and the JSON Schema for editors are derived. Its input is
 * the file; its output is what the program works with (bytes, milliseconds, secrets wrapped, defaults filled in). Pipelines, AI
 * providers and tables also have schemas of their own, so that each can be checked without the others.
 *
 * Each part is built when it is first asked for: a run uses few of them, and building all takes longer than the rest of a start.
 */
export class ConfigSchema {
  readonly #kinds: ConfigKinds;
  readonly #sections: SectionMakers;
  readonly #built = new Map<string, unknown>();

  constructor(kinds: ConfigKinds) {
    this.#kinds = kinds;
    this.#sections = sectionMakers(kinds, this);
  }

  get sectionNames(): readonly string[] {
    return Object.keys(this.#sections);
  }

  section<Name extends keyof Sections>(name: Name): Sections[Name] {
    return this.#once(`section ${name}`, this.#sections[name] as () => Sections[Name]);
  }

  get pipeline(): ReturnType<typeof pipeline> {
    return this.#once('pipeline', () => pipeline(this.#kinds));
  }

  get aiProvider(): ReturnType<typeof aiProvider> {
    return this.#once('AI provider', () => aiProvider(this.#kinds.providers));
  }

  get table(): ReturnType<typeof table> {
    return this.#once('table', () => table(this.#kinds.tables));
  }

  /** The schema of the whole file. */
  get whole(): ZodObject<Sections, core.$strict> {
    const all = Object.keys(this.#sections).map((name) => [name, this.section(name as keyof Sections)]);
    return section(Object.fromEntries(all) as Sections);
  }

  #once<Part>(name: string, build: () => Part): Part {
    const known = this.#built.get(name) as Part | undefined;
    const part = known ?? build();
    this.#built.set(name, part);
    return part;
  }
}

type SectionMakers = ReturnType<typeof sectionMakers>;
type Sections = { [Name in keyof SectionMakers]: ReturnType<SectionMakers[Name]> };

function sectionMakers(kinds: ConfigKinds, parts: Pick<ConfigSchema, 'pipeline' | 'aiProvider' | 'table'>) {
  return {
    $schema: () => z.unknown().optional().describe('The JSON Schema that editors complete from.'),
    server: () => server().prefault({}).describe('The HTTP server of serve.'),
    storage: () => storage().prefault({}).describe('The stored log of serve.'),
    alerts: () => alerts().prefault({}).describe('What a person should be told while serve runs.'),
    logging: () => logging().prefault({}).describe('What serve says of itself.'),
    processing: () => processing().prefault({}).describe('Workers, queues and limits on input.'),
    ai_providers: () => named('AI providers by name', parts.aiProvider).prefault({}).describe('AI providers by name.'),
    cost_management: () => costManagement().prefault({}).describe('Budget and alerts.'),
    secrets: () =>
      named('secrets by name', secret('a secret'))
        .prefault({})
        .describe('Keys for hash.sha256, by the names that scripts use for them.'),
    scripts: () =>
      named('scripts by name', z.custom<Json>())
        .prefault({})
        .describe(
          'Computo scripts by name: text such as {/id, who: /user/name}, JSON, the name of another script, or a file like ./script.computo.',
        ),
    tables: () =>
      named('tables by name', parts.table)
        .prefault({})
        .describe('Tables that scripts look rows up in, by the names that table.get uses for them.'),
    pipelines: () =>
      named('pipelines by name', parts.pipeline)
        .prefault({})
        .describe('Pipelines by name; "default" is used where none is named.'),
    sources: () => sources(kinds.sources),
    nats: () =>
      nats()
        .prefault({})
        .describe('The NATS server of a fleet, and of sources and outputs that name a stream or subject.'),
    fleet: () => fleet().prefault({}).describe('Several daemons that share the work through NATS JetStream.'),
    require_tls: () =>
      flag()
        .prefault(false)
        .describe('Providers, webhooks and NATS servers on other hosts must be asked by https or TLS.'),
    state_dir: () => stateDir(),
    journal: () => journal().prefault({}).describe('The journal of AI answers.'),
    computo: () => computo().prefault({}).describe('How Computo scripts run.'),
    provider_wait: () => providerWait(),
    tests: () => testCases().prefault([]).describe('Test cases of the pipelines: colloquium test.'),
  };
}

/** Top-level keys with this prefix belong to the author: a place for YAML anchors. */
export const OWN_KEY_PREFIX = 'x-';

/** A whole config as the program sees it. Keys are those of the file. */
export type Config = output<ConfigSchema['whole']>;
