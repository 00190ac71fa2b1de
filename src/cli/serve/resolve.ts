import { availableParallelism } from 'node:os';
import {
  checkConfig,
  FLEET_NOT_ENCRYPTED,
  ConfigError,
  hasErrors,
  pipelineNames,
  resolvePipeline,
  stateDirectory,
  useSection,
  useSources,
  weakTokens,
  type Config,
  type LoadedConfig,
  type PipelinePlan,
  type ResolvedPipeline,
} from '../../config/index.js';
import { isLoopback } from '../../config/units/index.js';
import { isAiStage, type BlockOptions } from '../../pipeline/index.js';
import { configTokens, tokenFolderOf, tokenIds } from '../../server/access/index.js';
import { natsSettings, needsNats, resolveFleet } from '../../jobs/fleet/index.js';
import { lookWithPrices } from '../check/price-judge.js';
import type { ServeFlags } from './flags.js';
import { fileKey, nodeFileSystem } from '../../files/index.js';
import { takeOf } from '../../sinks/kinds/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { findConfig } from '../flags/find-config.js';
import { revealed } from '../exit/revealed.js';
import { UserError } from '../exit/user-error.js';
import {
  outputFiles,
  refuseHalfRekeyed,
  type AccessPlan,
  type PipelineServePlan,
  type ServePlan,
} from '../../jobs/index.js';
import { refuseBatches } from './refuse-batches.js';
import { refuseKeyed } from './refuse-keyed.js';
import { resolveAlerts } from './resolve-alerts.js';

const DAY_MS = 86_400_000;

/** A stream of events fills at most 1/QUEUE_SHARES of the queue at a time. */
const QUEUE_SHARES = 4;

/** How a pipeline whose stage sends batches runs beside a fleet. */
const ALONE_HINT = 'run this pipeline in a daemon of its own, without --join';

/** The most of a broken line that stderr shows; a file gets all of it. */
const RAW_MAX_ON_STDERR = 4096;

/**
 * Turns the config and the flags into the daemon's plan. Everything in the config that it uses is checked here.
 *
 * @throws UserError, ConfigError
 */
export async function resolveServe(flags: ServeFlags): Promise<ServePlan> {
  const config = await requireConfig(flags);
  await refuseMistakes(config);
  const server = useSection(config, 'server');
  const storage = useSection(config, 'storage');
  const processing = useSection(config, 'processing');
  const fleet = resolveFleet(config, flags.join);
  if (fleet !== undefined && storage.encryption !== undefined) refuseFleet();
  const pipelines: PipelineServePlan[] = [];
  for (const name of pipelineNames(config)) {
    const pipeline = await resolvePipeline(config, name);
    refuseWithoutOutputs(pipeline.plan, config);
    const plan = pipelineServePlan(pipeline, processing);
    refuseKeyed(plan, 'serve');
    if (fleet !== undefined) refuseBatches(plan, 'a member of a fleet', ALONE_HINT);
    pipelines.push(plan);
  }
  refuseSharedFiles(pipelines);
  const host = flags.host ?? server.host;
  const insecure = server.insecure || flags.insecure === true;
  const tokens = await Promise.all(server.tokens.map((token) => revealed(token, 'server.tokens')));
  const weak = weakTokens(config.document, tokens, host);
  if (hasErrors(weak)) throw new ConfigError(weak);
  const access: AccessPlan = {
    openness: insecure ? 'anyhow' : isLoopback(host) ? 'locally' : 'no',
    tokens: configTokens(tokens),
  };
  await refuseOpenDoor(host, access, stateDirectory(config));
  const sources = useSources(config);
  const stateFolder = stateDirectory(config);
  refuseHalfRekeyed(stateFolder);
  return {
    config,
    listen: {
      host,
      port: flags.port ?? server.port,
      trustedProxies: server.trusted_proxies,
      ...(server.tls && { tls: server.tls }),
    },
    settings: {
      // Accepts nothing that couldn't be processed.
      bodyBytesMax: Math.min(server.max_body_size, processing.max_line_size),
      depthMax: processing.max_depth,
      entriesMax: Math.max(1, Math.floor(processing.max_queue_size / QUEUE_SHARES)),
      pipelines: pipelines.length === 0 ? undefined : new Set(pipelines.map(({ spec }) => spec.name)),
      limits: {
        perToken: server.rate_limit.token_requests_per_minute,
        perAddress: server.rate_limit.address_requests_per_minute,
      },
      stages: new Map(pipelines.map(({ spec }) => [spec.name, spec.stages.map(({ name }) => name)])),
      idempotencyPointer: storage.idempotency_pointer,
    },
    access,
    log: {
      folder: storage.disk_path,
      command: 'colloquium serve',
      durability: storage.durability,
      segmentBytesMax: storage.max_file_size,
      pack: storage.gzip,
      keys: true,
      memoryRecordsMax: storage.memory_buffer_size,
      queueRecordsMax: processing.max_queue_size,
      dataBytesMax: Math.max(server.max_body_size, processing.max_line_size),
    },
    alerts: await resolveAlerts(useSection(config, 'alerts')),
    logging: useSection(config, 'logging'),
    freeBytesMin: storage.min_free,
    retention: {
      ms: storage.retention_days * DAY_MS,
      ...(storage.retention_size !== undefined && { bytesMax: storage.retention_size }),
    },
    pipelines,
    sources,
    lineBytesMax: processing.max_line_size,
    // One processor is left to the daemon's own thread, which ingests events.
    workers: Math.max(1, Math.min(processing.worker_threads, availableParallelism() - 1)),
    eventTimeoutMs: processing.event_timeout,
    stateFolder,
    fromScratch: flags.fromScratch === true,
    drainMs: processing.drain_timeout,
    ai: await settingsOfCalls(config, pipelines),
    nats: needsNats({ fleet, pipelines, sources }) ? await natsSettings(config) : undefined,
    fleet,
  };
}

/** A daemon without AI stages does not load what asks providers. @throws ConfigError */
async function settingsOfCalls(
  config: LoadedConfig,
  pipelines: readonly PipelineServePlan[],
): Promise<ServePlan['ai']> {
  const specs = pipelines.map(({ spec }) => spec);
  if (!specs.some(({ stages }) => stages.some(isAiStage))) return undefined;
  const { aiSettings } = await import('../../jobs/ai/index.js');
  return await aiSettings(config, specs);
}

/** @throws UserError */
function refuseFleet(): never {
  const { message, hint } = FLEET_NOT_ENCRYPTED;
  throw new UserError(message, EXIT.invalid, hint);
}

/** A daemon uses all of its config, so any mistake that `check` finds anywhere prevents it from starting. */
async function refuseMistakes({ file, env, home, kinds }: LoadedConfig): Promise<void> {
  const findings = await lookWithPrices((isPriced) => checkConfig({ file, env, home, kinds, isPriced }));
  if (hasErrors(findings)) throw new ConfigError(findings);
}

async function requireConfig(flags: ServeFlags): Promise<LoadedConfig> {
  const config = await findConfig(flags, 'programs');
  if (config !== undefined) return config;
  throw new UserError(
    'no config found',
    EXIT.usage,
    'name one with -c FILE, or write one with: colloquium init --template serve',
  );
}

function refuseWithoutOutputs({ name, outputs = [] }: PipelinePlan, { file }: LoadedConfig): void {
  if (outputs.length > 0) return;
  throw new UserError(
    `${file}: pipeline ${name} has no outputs, and serve needs to be told where events go`,
    EXIT.invalid,
    `add to the pipeline: outputs: [{ file: ./out/${name}.ndjson }]`,
  );
}

/** A file has one writer, under any path: each writer would truncate what the other wrote behind its checkpoint. */
function refuseSharedFiles(pipelines: readonly PipelineServePlan[]): void {
  const writers = new Map<string, string>();
  for (const pipeline of pipelines) {
    const { spec } = pipeline;
    for (const file of outputFiles(pipeline)) {
      if (nodeFileSystem.stat(file)?.kind === 'other') continue;
      const target = fileKey(file);
      const writer = writers.get(target);
      writers.set(target, spec.name);
      if (writer === undefined) continue;
      const who = writer === spec.name ? `pipeline ${writer} writes` : `pipelines ${writer} and ${spec.name} write`;
      throw new UserError(`${who} ${file} from two places`, EXIT.invalid, 'give each a file of its own');
    }
  }
}

/** A pipeline of the config with its outputs, for stored events. */
export function pipelineServePlan(
  { plan, scriptFiles }: ResolvedPipeline,
  processing: Config['processing'],
): PipelineServePlan {
  const { outputs = [], deadLetter } = plan;
  const lineBytesMax = processing.max_line_size;
  const block: Omit<BlockOptions, 'pipeline'> = {
    input: 'envelope',
    strict: false,
    depthMax: processing.max_depth,
    lineBytesMax,
    rawMax: deadLetter === undefined ? RAW_MAX_ON_STDERR : lineBytesMax * 2,
  };
  return {
    spec: { ...plan, outputs: outputs.map(takeOf) },
    outputs,
    deadLetter,
    block,
    budget: plan.budget,
    scriptFiles,
  };
}

/** Anyone who can reach the port could write, and read everything, so the operator must ask for this. */
async function refuseOpenDoor(host: string, { openness, tokens }: AccessPlan, stateFolder: string): Promise<void> {
  if (openness !== 'no' || tokens.length > 0) return;
  if ((await tokenIds(tokenFolderOf(stateFolder))) !== undefined) return;
  throw new UserError(
    `${host} can be reached from other machines, and no token is asked for`,
    EXIT.invalid,
    'make a token with: colloquium token create --role admin, or listen on 127.0.0.1, or say --insecure',
  );
}
