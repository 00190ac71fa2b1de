import { extname } from 'node:path';
import type { OutputPlan } from '../../config/index.js';
import { withoutPacking } from '../../files/index.js';
import { outputKinds } from '../../sinks/kinds/index.js';

/**
 * The names of a pipeline's outputs for people: of a file its name without ending, after as many of its folders as tell it from the others; else
 * what kind it is, numbered where that is taken.
 */
export function outputNames(outputs: readonly OutputPlan[]): readonly string[] {
  const names: string[] = [];
  const paths = outputs.flatMap((output) => {
    const kind = outputKinds.of(output);
    return kind.to === 'file' ? [withoutPacking(kind.fileOf(output).file)] : [];
  });
  for (const output of outputs) {
    const kind = outputKinds.of(output);
    const path = kind.to === 'file' ? withoutPacking(kind.fileOf(output).file) : undefined;
    const name =
      path === undefined ? (kind.to === 'nats' ? kind.subjectOf(output) : kind.kind) : shortName(path, paths);
    const same = names.filter((other) => other === name || other.startsWith(`${name}#`)).length;
    names.push(same === 0 ? name : `${name}#${same + 1}`);
  }
  return names;
}

/** The last parts of a path without its ending that no other path has; the ending too where only that differs. */
function shortName(path: string, all: readonly string[]): string {
  const others = all.filter((one) => one !== path);
  for (const named of [(one: string) => one.slice(0, one.length - extname(one).length), (one: string) => one]) {
    const parts = named(path).split('/');
    for (let count = 1; count <= parts.length; count++) {
      const name = parts.slice(-count).join('/');
      if (!others.some((one) => named(one) === name || named(one).endsWith(`/${name}`))) return name;
    }
  }
  return path;
}
