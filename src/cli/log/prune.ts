import { pipelineNames, stateDirectory, useSection, type LoadedConfig } from '../../config/index.js';
import { comparePositions, LOG_START, type ReadOnlyLog, type LogPosition, type LogWorld } from '../../log/index.js';
import { parseProcessingCheckpoint } from '../../pipeline/log/index.js';
import type { LogPruneFlags } from './flags.js';
import { EXIT, type ExitCode } from '../exit/exit-codes.js';
import { checkpointName, checkpointStore } from '../../jobs/index.js';
import { UserError } from '../exit/user-error.js';
import { onDisk } from '../exit/on-disk.js';
import { findLog, openLog } from './place.js';
import { bytesText, plural } from './show.js';
import { writeStderr } from '../terminal/stderr.js';

const DAY_MS = 86_400_000;

/** `colloquium log prune`: applies retention now, by the config's rules or by the given ones. */
export async function pruneLog(flags: LogPruneFlags): Promise<ExitCode> {
  const place = await findLog(undefined, flags);
  const { folder, config } = place;
  if (config === undefined) {
    throw new UserError('no config found', EXIT.usage, 'only a config tells what is processed: name it with -c FILE');
  }
  const { reader, world } = await openLog(place);
  const storage = useSection(config, 'storage');
  const ageMs = flags.olderThan ?? storage.retention_days * DAY_MS;
  const report = await onDisk(async () =>
    reader.prune({
      olderThan: world.now() - ageMs,
      bytesMax: flags.maxSize ?? storage.retention_size,
      keepFrom: await processedUpTo(config, folder, reader, world),
      dryRun: flags.dryRun === true,
    }),
  );
  const { removed, bytesLeft, keptUnprocessed, keptNewest } = report;
  if (flags.format === 'json') {
    const kept = { kept_unprocessed: keptUnprocessed.length, kept_newest: keptNewest };
    const counts = { bytes_left: bytesLeft, ...kept, dry_run: flags.dryRun === true };
    process.stdout.write(`${JSON.stringify({ folder, removed, ...counts })}\n`);
    return EXIT.ok;
  }
  const bytes = removed.reduce((sum, segment) => sum + segment.bytes, 0);
  const verb = flags.dryRun === true ? 'would be removed' : 'removed';
  process.stdout.write(
    `${plural(removed.length, 'file')} (${bytesText(bytes)}) ${verb}, ${bytesText(bytesLeft)} left\n`,
  );
  if (keptUnprocessed.length > 0) {
    writeStderr(`colloquium: ${plural(keptUnprocessed.length, 'old file')} kept: not processed yet\n`);
  }
  if (keptNewest)
    writeStderr('colloquium: the newest file always stays, old events in it too: new ones are added to it\n');
  return EXIT.ok;
}

/** The position before which every pipeline of the config has processed its events; without pipelines, the end of the log. */
async function processedUpTo(
  config: LoadedConfig,
  folder: string,
  reader: ReadOnlyLog,
  world: LogWorld,
): Promise<LogPosition> {
  const names = pipelineNames(config);
  const store = checkpointStore(world, stateDirectory(config), config.directory);
  let least: LogPosition | undefined;
  for (const name of names) {
    const checkpoint = parseProcessingCheckpoint((await store.get(checkpointName(folder, name)))?.value);
    const position = checkpoint?.place.position ?? LOG_START;
    if (least === undefined || comparePositions(position, least) < 0) least = position;
  }
  if (least !== undefined) return least;
  const last = (await reader.segments()).at(-1);
  return last === undefined ? LOG_START : { segment: last.segment, offset: last.bytes };
}
