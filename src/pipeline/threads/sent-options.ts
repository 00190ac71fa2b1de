import type { Json } from 'computo-js';
import type { TableMemory, TablePlan } from '../../config/kinds/index.js';
import { parseJson, stringifyJson } from '../../json/index.js';
import { Table } from '../../sources/tables/index.js';
import type { BlockOptions } from '../block-processor.js';

/** Block options in the form that is sent to a worker. */
export interface SentOptions {
  /** JSON text, because cloning would lose numbers that only text preserves. */
  readonly options: string;
  /** The tables in which scripts look up rows. Threads of one process share their bytes; another process gets a copy. */
  readonly tables: readonly SentTable[];
}

interface SentTable {
  readonly plan: TablePlan;
  readonly sha256: string;
  readonly memory: TableMemory;
}

export function sendOptions(options: BlockOptions): SentOptions {
  const { tables = {}, ...pipeline } = options.pipeline;
  return {
    options: stringifyJson({ ...options, pipeline } as unknown as Json),
    tables: Object.values(tables).map(({ plan, sha256, memory }) => ({ plan, sha256, memory })),
  };
}

export function receiveOptions({ options, tables }: SentOptions): BlockOptions {
  const received = parseJson(options, Number.POSITIVE_INFINITY) as unknown as BlockOptions;
  if (tables.length === 0) return received;
  const opened = tables.map(({ plan, sha256, memory }) => [plan.name, new Table(plan, sha256, memory)] as const);
  return { ...received, pipeline: { ...received.pipeline, tables: Object.fromEntries(opened) } };
}
