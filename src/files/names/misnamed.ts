import { fieldsIn, NAME_FIELDS, parseTemplate, placeholdersIn, type NameTemplate } from './template.js';

/** Leaves room for the longer names of parts and temporary files: a name has at most 255 bytes. */
const TEXT_BYTES_MAX = 80;

/** What is wrong with the path of an output. */
export interface Misnamed {
  readonly message: string;
  readonly hint: string;
}

export interface NameUse {
  /** Whether events can have a routing key. */
  readonly hasRoutingKey: boolean;
  /** The name pattern of parts, if one is given. */
  readonly pattern?: string | undefined;
}

/**
 * Checks the path of an output; undefined if nothing is wrong.
 *
 * @param written the path; braces in its folder that hold no field are plain text
 */
export function misnamed(written: string, { hasRoutingKey, pattern }: NameUse): Misnamed | undefined {
  const file = written.slice(written.lastIndexOf('/') + 1);
  const unknown = placeholdersIn(file).find((name) => NAME_FIELDS.every((field) => field !== name));
  if (unknown !== undefined) {
    return { message: `the name of a file has no field {${unknown}}`, hint: 'the fields are {routing_key} and {date}' };
  }
  const template = parseTemplate(written);
  if (template === undefined) return undefined;
  if (fieldsIn(template.names).includes('routing_key') && !hasRoutingKey) {
    const hint = 'add to the pipeline in the config: routing_key: /level, or any other script';
    return { message: 'the pipeline sets no routing_key, and {routing_key} stands for it', hint };
  }
  return misbuilt(template) ?? (pattern === undefined ? undefined : mistaken(template, pattern));
}

function misbuilt({ names }: NameTemplate): Misnamed | undefined {
  const segments = names.split('/');
  if (segments.some((segment) => /^\.{0,2}$/.test(segment))) {
    return { message: 'behind its first field a path has only names', hint: 'write the path without ., .. and //' };
  }
  const long = segments.find((segment) => Buffer.byteLength(withoutFields(segment)) > TEXT_BYTES_MAX);
  if (long === undefined) return undefined;
  const hint = `shorten ${long} to ${TEXT_BYTES_MAX} bytes beside its fields`;
  return { message: 'the name of the file may get too long', hint };
}

/** Requires more dots in the names of parts than in the names of files, so that no file can have the name of a part. */
function mistaken({ names }: NameTemplate, pattern: string): Misnamed | undefined {
  const file = withoutFields(names.slice(names.lastIndexOf('/') + 1));
  const ext = file.slice(Math.max(0, file.lastIndexOf('.')));
  const part = pattern.replace('{name}', file.slice(0, file.length - ext.length)).replace('{ext}', ext);
  if (dotsIn(part) > dotsIn(file)) return undefined;
  const hint = 'put a dot into the pattern, like {name}.{number}{ext}';
  return { message: 'a rotated file could have the name of the file of another key', hint };
}

function withoutFields(text: string): string {
  return NAME_FIELDS.reduce((rest, field) => rest.replaceAll(`{${field}}`, ''), text);
}

function dotsIn(text: string): number {
  return text.split('.').length - 1;
}
