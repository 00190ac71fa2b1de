import { formatPointer } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import { filledText } from '../env/index.js';
import type { ProviderInConfig } from '../kinds/index.js';
import type { ConfigText } from '../load/validate.js';
import { providerKind } from '../plan/served-problems.js';
import { diagnose, nodeAt } from '../source/index.js';
import { serversOf, type AiStage, type ScriptAt } from './ai-stages.js';

/** Finds stages that would send batches and can't: no provider of theirs has any, or a fleet would run them. */
export function unbatchedStages(
  config: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  stages: readonly AiStage[],
  known: readonly string[],
  scriptAt: ScriptAt,
): readonly Diagnostic[] {
  const { document, env, kinds } = config;
  const join = nodeAt(document.root, '/fleet/join')?.value ?? null;
  const isFleet = join === true || filledText(join, env) === 'true';
  return stages.flatMap((stage) => {
    const lane = filledText(stage.node.entries?.get('lane')?.node.value ?? null, env);
    if (lane !== 'batch' && lane !== 'auto') return [];
    const wrong = (message: string, hint: string): Diagnostic => {
      const finding = { severity: 'error', code: 'invalid-value', message, hint } as const;
      return diagnose(document, formatPointer([...stage.path, 'lane']), finding);
    };
    const servers = serversOf(config, stage, known, scriptAt).filter((server) => known.includes(server));
    const hasBatches = ({ batches }: ProviderInConfig): boolean =>
      batches !== undefined && (stage.kind.asksFor !== 'vectors' || batches.vectors !== undefined);
    const isAble = servers.some((server) => {
      const kind = providerKind({ document, kinds }, server);
      return kind !== undefined && hasBatches(kind);
    });
    const have = kinds.providers.all.filter(hasBatches).map(({ kind }) => kind);
    return [
      ...(servers.length === 0 || isAble
        ? []
        : [
            wrong(
              `no provider of this stage has batches: ${servers.join(', ')}`,
              `kinds with batches: ${have.join(', ')}`,
            ),
          ]),
      ...(isFleet
        ? [
            wrong(
              'a member of a fleet sends no batches: the requests of one would belong to events of all members',
              'leave lane out, or run this pipeline in a daemon of its own, without fleet.join',
            ),
          ]
        : []),
    ];
  });
}
