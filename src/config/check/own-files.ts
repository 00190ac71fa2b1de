import { join } from 'node:path';
import { leadsInto, leadToSame, resolvePath as resolveLinks } from '../../files/index.js';
import { canBeOne, canLeadInto } from '../../files/names/index.js';
import type { Diagnostic } from '../diagnostic/index.js';
import type { PathBase } from '../load/resolve-path.js';
import type { ConfigText } from '../load/validate.js';
import { defaultStateDirectory } from '../state/index.js';
import { diagnose, nodeAt } from '../source/index.js';
import { absolutePath, writtenFiles, type WrittenFile } from './output-files.js';

/** Matches the names of the stored log's files, whatever else is in its folder. */
const OF_THE_LOG = /^(?:[0-9]{10,}-[0-9]+\.|claims-[0-9]|lock\.[0-9s])/;

/** Whether a name is one of the stored log's. */
export function isNameOfLog(name: string): boolean {
  return OF_THE_LOG.test(name);
}

/**
 * Finds outputs that would overwrite what the program itself reads or keeps, under whatever name: the config, a script, a table,
 * or a file of `state_dir` or of the log.
 *
 * @param scripts the files of the scripts, absolute
 */
export function outputsOntoOwnFiles(
  config: Pick<ConfigText, 'document' | 'env' | 'kinds'>,
  base: PathBase,
  { pipeline, scripts }: { readonly pipeline: string; readonly scripts: readonly string[] },
): Diagnostic[] {
  const { document, env } = config;
  const placeOf = (pointer: string, otherwise: string): string =>
    absolutePath(nodeAt(document.root, pointer), base, env) ?? otherwise;
  const stateFolder = placeOf('/state_dir', defaultStateDirectory(base.directory, { env, home: base.home }));
  const logFolder = placeOf('/storage/disk_path', join(base.directory, 'data'));
  const tables = [...(nodeAt(document.root, '/tables')?.entries?.values() ?? [])].flatMap(({ node }) => {
    const table = node.entries?.get('file')?.node;
    return absolutePath(table, base, env) ?? [];
  });
  const own = ({ file, template }: Pick<WrittenFile, 'file' | 'template'>): string | undefined => {
    const isOne = (other: string): boolean =>
      template === undefined ? leadToSame(file, other) : canBeOne(resolveLinks(other), template);
    if (isOne(document.file)) return 'the config';
    if (scripts.some(isOne)) return 'a script';
    if (tables.some(isOne)) return 'a table';
    const intoState = template !== undefined && canLeadInto(template, stateFolder);
    if (intoState || leadsInto(file, stateFolder)) return `a file of the state folder ${stateFolder}`;
    const intoLog = template !== undefined && canLeadInto(template, logFolder);
    return intoLog || leadsInto(file, logFolder, isNameOfLog) ? `a file of the log ${logFolder}` : undefined;
  };
  return writtenFiles(config, base, pipeline).flatMap(({ pointer, ...written }) => {
    const what = unlessUnreadable(() => own(written));
    if (what === undefined) return [];
    const is = written.template === undefined ? 'this is' : 'one of these files can be';
    const message = `${is} ${what}, and would be written over`;
    return [
      diagnose(document, pointer, { severity: 'error', code: 'own-file', message, hint: 'write to another file' }),
    ];
  });
}

/** A file that can't be examined is reported when it is opened. */
function unlessUnreadable<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
