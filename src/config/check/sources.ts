import { formatPointer } from 'computo-js';
import { didYouMean, type Diagnostic } from '../diagnostic/index.js';
import { hasPlaceholder } from '../env/index.js';
import { pipelinesOf } from '../plan/pipelines-of.js';
import { diagnose, nodeAt, type SourceDocument } from '../source/index.js';

/** Finds sources whose events would go to a missing pipeline. */
export function unknownPipelines(document: SourceDocument): Diagnostic[] {
  const names = [...pipelinesOf(document).keys()];
  return (nodeAt(document.root, '/sources')?.items ?? []).flatMap((source, index) => {
    const named = source.entries?.get('pipeline')?.node.value ?? (names.length > 0 ? 'default' : undefined);
    if (typeof named !== 'string' || hasPlaceholder(named) || names.includes(named)) return [];
    const finding = {
      severity: 'error',
      code: 'unknown-pipeline',
      message: `no pipeline ${JSON.stringify(named)} under pipelines`,
      hint: didYouMean(named, names) ?? (names.length > 0 ? `pipelines: ${names.join(', ')}` : undefined),
    } as const;
    return [diagnose(document, formatPointer(['sources', index, 'pipeline']), finding)];
  });
}
