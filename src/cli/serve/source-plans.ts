import type { Config } from '../../config/index.js';
import { leadToSame } from '../../files/index.js';
import type { FolderSource, SourcePlan } from '../../jobs/index.js';

/** What is to be read besides HTTP. A folder that several sources read for one pipeline is read once. */
export function sourcePlans(sources: Config['sources']): readonly SourcePlan[] {
  const plans = sources.map(sourcePlan);
  const folders = plans.filter((plan) => plan.kind === 'folder');
  return plans.flatMap((plan): readonly SourcePlan[] => {
    if (plan.kind !== 'folder') return [plan];
    const sameFolder = folders.filter((one) => one === plan || leadToSame(one.folder, plan.folder));
    const together = sameFolder.filter(({ pipeline }) => pipeline === plan.pipeline);
    return together[0] === plan ? [merged(plan, together, sameFolder)] : [];
  });
}

function merged(
  plan: FolderSource,
  together: readonly FolderSource[],
  sameFolder: readonly FolderSource[],
): FolderSource {
  return {
    ...plan,
    patterns: together.flatMap(({ patterns }) => patterns),
    besides: [...new Set(sameFolder.map(({ pipeline }) => pipeline))].filter((one) => one !== plan.pipeline),
    unfinishedLineMs: Math.max(...together.map(({ unfinishedLineMs }) => unfinishedLineMs)),
  };
}

function sourcePlan(source: Config['sources'][number]): SourcePlan {
  const { pipeline } = source;
  if ('folder' in source) {
    const { folder, pattern, unfinished_line: unfinishedLineMs } = source;
    return { kind: 'folder', folder, patterns: [pattern], pipeline, besides: [], unfinishedLineMs };
  }
  if ('nats' in source) {
    const { nats: subject, stream, consumer } = source;
    return { kind: 'nats', subject, stream, consumer, pipeline };
  }
  return { kind: 'stdin', pipeline };
}
