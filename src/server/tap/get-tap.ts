import { FINISHED } from '../../pipeline/index.js';
import { HttpError } from '../http-error.js';
import { asTexts } from '../query.js';
import type { TapChoice } from './tap-hub.js';

/**
 * Parses the query parameters `stage` and `pipeline`.
 *
 * @param stages the names of each pipeline's stages
 * @throws HttpError 400 for another parameter, 404 for an unknown stage or pipeline
 */
export function parseTapQuery(query: unknown, stages: ReadonlyMap<string, readonly string[]>): TapChoice {
  const { pipeline, stage } = asTexts(query, ['stage', 'pipeline']);
  if (stages.size === 0) throw notFound('the daemon has no pipelines: use GET /events to read stored events');
  if (pipeline !== undefined && !stages.has(pipeline)) {
    throw notFound(`no pipeline ${shown(pipeline)}; there are: ${[...stages.keys()].join(', ')}`);
  }
  if (stage === undefined) return { pipeline, point: FINISHED };
  const names = pipeline === undefined ? [...stages.values()].flat() : (stages.get(pipeline) ?? []);
  if (names.includes(stage)) return { pipeline, point: stage };
  throw notFound(`no stage ${shown(stage)}; there are: ${[...new Set(names)].join(', ')}`);
}

function notFound(message: string): HttpError {
  return new HttpError(404, 'Not found', message);
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
