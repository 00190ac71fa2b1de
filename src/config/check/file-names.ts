import { formatPointer } from 'computo-js';
import { misnamed, parseTemplate, tableEnding } from '../../files/names/index.js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { ConfigText } from '../load/validate.js';
import { pipelinesOf } from '../plan/pipelines-of.js';
import { diagnose, type SourceDocument, type SourceNode } from '../source/index.js';
import { pathText } from './output-files.js';

const ONLY_RUN = {
  severity: 'warning',
  code: 'file-name',
  message: 'only run writes a file per key: serve and replay --to-outputs do not start with it',
  hint: 'for serve, write one file, or an output for each key with `when`',
} as const;

/** Finds out whether a file's name suggests another format than the one that it gets. */
function linesOfJson(document: SourceDocument, pointer: string, written: string, output: SourceNode): Diagnostic[] {
  const end = tableEnding(written);
  if (end === undefined || output.entries?.has('format') === true) return [];
  const message = 'this file gets lines of JSON, whatever its name says';
  const hint = `add format: ${end}, with columns: [id, name]; or format: ndjson`;
  return [diagnose(document, pointer, { severity: 'warning', code: 'file-format', message, hint })];
}

/** Finds outputs whose files can't be named because of a field that is unknown, or that no event has, and those whose names mislead. */
export function misnamedOutputs(
  { document, env, kinds }: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  pipeline: string,
): Diagnostic[] {
  const node = pipelinesOf(document).get(pipeline)?.node;
  const serves = ['server', 'sources'].some((section) => document.root.entries?.has(section) === true);
  const callsAi = kinds.stages.all.filter(({ callsAt }) => callsAt !== undefined).map(({ kind }) => kind);
  const stages = node?.entries?.get('stages')?.node.items ?? [];
  const hasRoutingKey =
    node?.entries?.has('routing_key') === true ||
    stages.some(({ entries }) => callsAi.some((kind) => entries?.has(kind) === true));
  return (node?.entries?.get('outputs')?.node.items ?? []).flatMap((output, index) =>
    kinds.outputs.all
      .flatMap(({ files }) => files)
      .flatMap((key) => {
        const written = pathText(output.entries?.get(key)?.node, env);
        const pattern = output.entries?.get('pattern')?.node.value;
        const use = { hasRoutingKey, pattern: typeof pattern === 'string' ? pattern : undefined };
        if (written === undefined) return [];
        const wrong = misnamed(written, use);
        const pointer = formatPointer(['pipelines', pipeline, 'outputs', String(index), key]);
        if (wrong !== undefined)
          return [diagnose(document, pointer, { severity: 'error', code: 'file-name', ...wrong })];
        return [
          ...(serves && parseTemplate(written) !== undefined ? [diagnose(document, pointer, ONLY_RUN)] : []),
          ...linesOfJson(document, pointer, written, output),
        ];
      }),
  );
}
