import { formatPointer } from 'computo-js';
import { dirname, join } from 'node:path';
import { fileKey, resolvePath as resolveLinks } from '../../files/index.js';
import { canBeOne, parseTemplate, templatePath, type NameTemplate } from '../../files/names/index.js';
import type { Diagnostic } from '../diagnostic/index.js';
import { fillPlaceholders, type Env } from '../env/index.js';
import { resolvePath, type PathBase } from '../load/resolve-path.js';
import type { ConfigText } from '../load/validate.js';
import { pipelinesOf } from '../plan/pipelines-of.js';
import { diagnose, nodeAt, type SourceNode } from '../source/index.js';

type ConfigFiles = Pick<ConfigText, 'document' | 'env' | 'kinds'>;

/** A file that a pipeline writes. */
export interface WrittenFile {
  readonly pipeline: string;
  readonly pointer: string;
  /** The resolved path; for an output that has a file per key, only its folder is resolved. */
  readonly file: string;
  readonly template: NameTemplate | undefined;
}

/** Finds files that a pipeline would write from two places at once. */
export function sharedOutputFiles(config: ConfigFiles, base: PathBase, pipeline: string): Diagnostic[] {
  const files = writtenFiles(config, base, pipeline);
  return files.flatMap((written, index) => {
    const earlier = files.slice(0, index).find((other) => isShared(other, written));
    if (earlier === undefined) return [];
    const message =
      earlier.template === undefined && written.template === undefined
        ? `this file is written already by ${earlier.pointer}`
        : `a file of this output can be one that ${earlier.pointer} writes`;
    const hint = 'give each output a file of its own';
    return [
      diagnose(config.document, written.pointer, { severity: 'error', code: 'shared-output-file', message, hint }),
    ];
  });
}

/** Finds files that two pipelines write: fine if only one of them runs at a time, but not if `serve` runs both. */
export function filesOfSeveralPipelines(config: ConfigFiles, base: PathBase): Diagnostic[] {
  const files = [...pipelinesOf(config.document).keys()].flatMap((pipeline) => writtenFiles(config, base, pipeline));
  return files.flatMap((written, index) => {
    const earlier = files.slice(0, index).find((other) => isShared(other, written));
    if (earlier === undefined || earlier.pipeline === written.pipeline) return [];
    const what = earlier.template === undefined && written.template === undefined ? 'this file' : 'files of this name';
    const message = `pipeline ${JSON.stringify(earlier.pipeline)} writes ${what} too, at ${earlier.pointer}`;
    const hint = 'serve runs all pipelines at once: give each a file of its own';
    return [
      diagnose(config.document, written.pointer, { severity: 'warning', code: 'shared-output-file', message, hint }),
    ];
  });
}

/** Finds outputs in a folder that is watched as a source: what they write would be read again, in an endless loop. */
export function outputsInWatchedFolders(config: ConfigFiles, base: PathBase): Diagnostic[] {
  const watched = (nodeAt(config.document.root, '/sources')?.items ?? []).flatMap((source) =>
    config.kinds.sources.all
      .flatMap(({ folders }) => folders)
      .map((key) => absolutePath(source.entries?.get(key)?.node, base, config.env))
      .filter((folder) => folder !== undefined),
  );
  if (watched.length === 0) return [];
  return [...pipelinesOf(config.document).keys()].flatMap((pipeline) =>
    writtenFiles(config, base, pipeline).flatMap(({ file, template, pointer }) => {
      const isWatched = (folder: string): boolean =>
        template === undefined ? folder === dirname(file) : canBeOne(folder, folderOf(template));
      if (!watched.some(isWatched)) return [];
      const message = `this file lies in a folder that is read as a source: what is written would be read again`;
      return [
        diagnose(config.document, pointer, {
          severity: 'error',
          code: 'cycle',
          message,
          hint: 'write to another folder',
        }),
      ];
    }),
  );
}

/** The folder of the files of a template. */
function folderOf({ folder, names }: NameTemplate): NameTemplate | string {
  const [above] = /.*(?=\/)/.exec(names) ?? [];
  return above === undefined ? folder : { folder, names: above };
}

function isShared(one: WrittenFile, other: WrittenFile): boolean {
  if (one.template === undefined && other.template === undefined) return keyOf(one) === keyOf(other);
  return canBeOne(one.template ?? one.file, other.template ?? other.file);
}

/** Identifies a file, whatever path leads to it. */
function keyOf({ file }: WrittenFile): string {
  try {
    return fileKey(file);
  } catch {
    // A file that can't be examined is reported when it is opened.
    return file;
  }
}

/** The files that a pipeline writes, as far as the config names them. */
export function writtenFiles(config: ConfigFiles, base: PathBase, pipeline: string): WrittenFile[] {
  const node = pipelinesOf(config.document).get(pipeline)?.node;
  const places: { path: readonly string[]; node: SourceNode | undefined; isOutput?: true }[] = [];
  const path = ['pipelines', pipeline];
  for (const [index, output] of (node?.entries?.get('outputs')?.node.items ?? []).entries()) {
    for (const key of config.kinds.outputs.all.flatMap(({ files }) => files)) {
      places.push({
        path: [...path, 'outputs', String(index), key],
        node: output.entries?.get(key)?.node,
        isOutput: true,
      });
    }
  }
  const deadLetter = node?.entries?.get('dead_letter')?.node;
  const deadPath = [...path, 'dead_letter'];
  const nested = deadLetter?.entries?.get('file')?.node;
  places.push(
    nested === undefined ? { path: deadPath, node: deadLetter } : { path: [...deadPath, 'file'], node: nested },
  );
  return places.flatMap((place) => {
    const template = place.isOutput && absoluteTemplate(place.node, base, config.env);
    const file = template ? templatePath(template) : absolutePath(place.node, base, config.env);
    return file === undefined ? [] : [{ pipeline, pointer: formatPointer(place.path), file, template }];
  });
}

/** The resolved path; undefined if the value is not a path, or depends on an unset variable. */
export function absolutePath(node: SourceNode | undefined, base: PathBase, env: Env): string | undefined {
  const text = pathText(node, env);
  return text === undefined ? undefined : ledTo(resolvePath(base, text));
}

/** The template of a file per key, with its folder resolved; undefined for the path of a single file. */
function absoluteTemplate(node: SourceNode | undefined, base: PathBase, env: Env): NameTemplate | undefined {
  const template = parseTemplate(pathText(node, env) ?? '');
  return template && { ...template, folder: ledTo(resolvePath(base, template.folder)) };
}

/** A path as written, with environment variables filled in. */
export function pathText(node: SourceNode | undefined, env: Env): string | undefined {
  if (typeof node?.value !== 'string') return undefined;
  const { text, unset } = fillPlaceholders(node.value, env);
  return unset.length > 0 || text === '' ? undefined : text;
}

function ledTo(path: string): string {
  try {
    return resolveLinks(path);
  } catch {
    // A broken link or an unreadable folder is reported when the file is opened.
    return join(path);
  }
}
