import { isDeepStrictEqual } from 'node:util';
import { needsNats } from '../fleet/open-nats.js';
import { outputFiles, type ServePlan } from '../serve-plan.js';

/** What can't be changed while it runs, and differs. */
export function fixedAtStart(before: ServePlan, next: ServePlan): readonly string[] {
  const sections: string[] = [];
  if (!isDeepStrictEqual(before.listen, next.listen)) sections.push('server.host, port or tls');
  if (!isDeepStrictEqual(before.fleet, next.fleet)) sections.push('fleet');
  if (needsNats(next) && !needsNats(before)) sections.push('nats');
  if (!isDeepStrictEqual(before.log, next.log)) sections.push('storage, processing.max_queue_size');
  if (before.logging.format !== next.logging.format) sections.push('logging.format');
  return sections;
}

export function changesProcessing(before: ServePlan, next: ServePlan): boolean {
  return !isDeepStrictEqual(processingOf(before), processingOf(next));
}

export function changesIntakes(before: ServePlan, next: ServePlan): boolean {
  return !isDeepStrictEqual(intakesOf(before), intakesOf(next));
}

/** Whose way through the stages is watched: for metrics a few are enough, debugging asks for all. */
export function observationOf({ level }: ServePlan['logging']): 'first' | 'all' {
  return level === 'debug' ? 'all' : 'first';
}

/** What the processing depends on. */
function processingOf({ pipelines, workers, eventTimeoutMs, stateFolder, logging }: ServePlan): unknown {
  return { pipelines, workers, eventTimeoutMs, stateFolder, observe: observationOf(logging) };
}

/** What reading depends on. */
function intakesOf({ sources, lineBytesMax, settings, stateFolder, pipelines }: ServePlan): unknown {
  const { depthMax, idempotencyPointer } = settings;
  const ownFiles = pipelines.flatMap(outputFiles);
  return { sources, lineBytesMax, depthMax, idempotencyPointer, stateFolder, ownFiles };
}
