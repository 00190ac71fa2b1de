import { isDeepStrictEqual } from 'node:util';
import { outputFiles, type ServePlan } from '../serve-plan.js';

/** The changed sections that can't be applied while the daemon runs. */
export function fixedAtStart(before: ServePlan, next: ServePlan): readonly string[] {
  const sections: string[] = [];
  if (!isDeepStrictEqual(before.listen, next.listen)) sections.push('server.host, port or tls');
  if (!isDeepStrictEqual(before.fleet, next.fleet)) sections.push('fleet');
  if (next.nats !== undefined && !isDeepStrictEqual(before.nats, next.nats)) sections.push('nats');
  if (!isDeepStrictEqual(before.log, next.log)) sections.push('storage, processing.max_queue_size');
  if (before.logging.format !== next.logging.format) sections.push('logging.format');
  return sections;
}

/** The next plan, with what can't change while the daemon runs as it was at its start. */
export function withFixed(start: ServePlan, next: ServePlan): ServePlan {
  const { log, listen, fleet, nats, logging } = start;
  return { ...next, log, listen, fleet, nats, logging: { ...next.logging, format: logging.format } };
}

export function changesProcessing(before: ServePlan, next: ServePlan): boolean {
  return !isDeepStrictEqual(processingOf(before), processingOf(next));
}

export function changesIntakes(before: ServePlan, next: ServePlan): boolean {
  return !isDeepStrictEqual(intakesOf(before), intakesOf(next));
}

/** Whose way through the stages is observed: metrics need only a few events, debugging needs all. */
export function observationOf({ level }: ServePlan['logging']): 'first' | 'all' {
  return level === 'debug' ? 'all' : 'first';
}

/** The settings that the processing depends on. */
function processingOf({ pipelines, workers, eventTimeoutMs, stateFolder, logging, ai }: ServePlan): unknown {
  return { pipelines, ai, workers, eventTimeoutMs, stateFolder, observe: observationOf(logging) };
}

/** The settings that reading depends on. */
function intakesOf({ sources, lineBytesMax, settings, stateFolder, pipelines }: ServePlan): unknown {
  const { depthMax, idempotencyPointer } = settings;
  const ownFiles = pipelines.flatMap(outputFiles);
  return { sources, lineBytesMax, depthMax, idempotencyPointer, stateFolder, ownFiles };
}
