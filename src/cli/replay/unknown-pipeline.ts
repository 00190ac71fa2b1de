import { pipelineNames } from '../../config/index.js';
import { didYouMean } from '../../config/diagnostic/index.js';
import { nodeWorld, openReadOnlyLog } from '../../log/index.js';
import { sentTo } from '../../event/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { openKeys } from '../../jobs/index.js';
import type { ReplayPlan } from '../../jobs/replay/index.js';

const NEWLINE = 0x0a;

/**
 * Rejects the name of a pipeline that is not in the config and that no selected event was sent to: it is mistyped. The log may
 * have events of pipelines that used to be in the config.
 *
 * @throws UserError; LogError
 */
export async function refuseUnknownPipeline({ way, choice, config, logFolder }: ReplayPlan): Promise<void> {
  if (way.kind !== 'raw' || way.pipeline === undefined) return;
  const names = pipelineNames(config);
  if (names.includes(way.pipeline)) return;
  const isWanted = sentTo(way.pipeline);
  const { since, until } = choice;
  const reader = openReadOnlyLog(nodeWorld(await openKeys(config)), logFolder);
  for await (const { bytes } of reader.read({ from: { since }, ...(until !== undefined && { until }) })) {
    for (let at = 0, end = bytes.indexOf(NEWLINE); end !== -1; at = end + 1, end = bytes.indexOf(NEWLINE, at)) {
      if (isWanted(bytes, at, end)) return;
    }
  }
  const known = names.length === 0 ? 'the config has none' : `the config has: ${names.join(', ')}`;
  throw new UserError(
    `no pipeline ${JSON.stringify(way.pipeline)}: no event was sent to it`,
    EXIT.usage,
    didYouMean(way.pipeline, names) ?? known,
  );
}
