import { formatPointer, orderedObject, type Json } from 'computo-js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { ConfigText } from '../load/validate.js';
import { cachePrefix, isEmptyPrefix } from '../script/index.js';
import { diagnose } from '../source/index.js';
import { isTemplate } from '../plan/request-literal.js';
import { providerKind } from '../plan/served-problems.js';
import { serversOf, type AiStage, type ScriptAt } from './ai-stages.js';

/** Finds stages that ask for a cache in vain: their providers have none that is known, or their requests have nothing in common. */
export function uncachedStages(
  config: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  stages: readonly AiStage[],
  known: readonly string[],
  scriptAt: ScriptAt,
): readonly Diagnostic[] {
  const { document, kinds } = config;
  return stages.flatMap((stage) => {
    const asked = stage.node.entries?.get('cache')?.node.value;
    if (asked !== true && asked !== 'true') return [];
    const warn = (message: string, hint: string): Diagnostic => {
      const finding = { severity: 'warning', code: 'invalid-value', message, hint } as const;
      return diagnose(document, formatPointer([...stage.path, 'cache']), finding);
    };
    const servers = serversOf(config, stage, known, scriptAt).filter((server) => known.includes(server));
    const lacking = servers.filter((server) => providerKind({ document, kinds }, server)?.caches === undefined);
    const have = kinds.providers.all.flatMap(({ kind, caches }) => (caches === undefined ? [] : [kind]));
    return [
      ...(lacking.length === 0
        ? []
        : [
            warn(
              `no cache is known of ${lacking.join(', ')}: there it changes nothing`,
              `kinds with one: ${have.join(', ')}`,
            ),
          ]),
      ...(isSame(stage, scriptAt)
        ? []
        : [
            warn(
              'nothing is cached: the requests of this stage begin with what differs from event to event',
              'put what is the same for all before the first placeholder, or into system',
            ),
          ]),
    ];
  });
}

/** Whether requests begin alike, as far as the config shows. */
function isSame({ path, node }: AiStage, scriptAt: ScriptAt): boolean {
  const request = scriptAt(formatPointer([...path, 'request']));
  if (request !== undefined) return !isEmptyPrefix(cachePrefix(request.script, isTemplate(request)));
  const members = ['system', 'prompt'].flatMap((key): [string, Json][] => {
    const value = node.entries?.get(key)?.node.value;
    return value === undefined ? [] : [[key, value]];
  });
  // Files aren't read for this.
  return (
    members.length === 0 ||
    node.entries?.has('prompt_file') === true ||
    !isEmptyPrefix(cachePrefix(orderedObject(members), true))
  );
}
