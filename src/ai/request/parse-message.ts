import { createHash } from 'node:crypto';
import type { Json, JsonObject } from 'computo-js';
import { mediaTypeOfData, mediaTypeOfName } from './media-type.js';
import { toolResultAt, withToolCalls } from './parse-tool-message.js';
import { objectAt, Problem, show, textAt } from './problem.js';
import { isMedia, type MediaPart, type Message, type MessagePart } from './request.js';

/** Reads a file that a message names. @returns base64, or why the file can't be read */
export type ReadPart = (path: string) => { readonly data: string } | { readonly problem: string };

const ROLES = ['system', 'user', 'assistant', 'tool'] as const;
/** The keys that a message with a role may have. */
const KEYS = {
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls'],
  tool: ['role', 'content', 'tool_call_id', 'name'],
} as const satisfies Record<(typeof ROLES)[number], readonly string[]>;
const MEDIA = ['image', 'file', 'audio'] as const;
const PART_KEYS: readonly string[] = ['type', 'url', 'file', 'data', 'media_type', 'name'];

/** The most data that may be given as bytes: providers accept no more in a request. */
const DATA_CHARACTERS_MAX = 28 * 1024 * 1024;

/** Media types that say no more than the type of the part: the wires treat them so. */
const ANY_OF = { image: 'image/*', audio: undefined, file: undefined } as const;

/**
 * @param before the earlier messages, which contain the calls that tool results refer to
 * @throws Problem
 */
export function messageAt(value: Json, place: string, read: ReadPart, before: readonly Message[]): Message {
  const object = objectAt(value, place);
  const role = ROLES.find((known) => known === object['role']);
  if (role === undefined)
    throw new Problem(`${place}/role: expected one of ${ROLES.join(', ')}, found ${show(object['role'])}`);
  const keys: readonly string[] = KEYS[role];
  for (const key of Object.keys(object)) {
    if (!keys.includes(key)) {
      throw new Problem(`${place}/${key}: unknown key; a message of the role ${role} has ${keys.join(', ')}`);
    }
  }
  if (role === 'tool') return toolResultAt(object, place, before);
  const { tool_calls: calls = null, content: given } = object;
  const content =
    calls !== null && (given === null || given === undefined) ? '' : contentAt(given, `${place}/content`, read);
  const media = typeof content === 'string' ? undefined : content.find(isMedia);
  if (media !== undefined && role !== 'user') {
    throw new Problem(`${place}/content: a message of the role ${role} is text; ${media.type} parts stand in user's`);
  }
  return { role, content: calls === null ? content : withToolCalls(content, calls, place) };
}

/** Text, or parts. */
export function contentAt(value: Json | undefined, place: string, read: ReadPart): Message['content'] {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) throw new Problem(`${place}: expected text, or a list of parts, found ${show(value)}`);
  return value.map((part: Json, i) => partAt(part, `${place}/${i}`, read));
}

function partAt(value: Json, place: string, read: ReadPart): MessagePart {
  const object = objectAt(value, place);
  const { type, text } = object;
  if (type === 'text') {
    if (typeof text !== 'string') throw new Problem(`${place}: expected {"type": "text", "text": …}`);
    return { type, text };
  }
  const media = MEDIA.find((one) => one === type);
  if (media === undefined) {
    throw new Problem(`${place}/type: expected text, ${MEDIA.join(', ')}, found ${show(type)}`);
  }
  for (const key of Object.keys(object)) {
    if (!PART_KEYS.includes(key)) {
      throw new Problem(`${place}/${key}: unknown key; ${media} parts have ${PART_KEYS.join(', ')}`);
    }
  }
  return mediaAt(object, media, place, read);
}

function mediaAt(object: JsonObject, type: MediaPart['type'], place: string, read: ReadPart): MediaPart {
  const url = textAt(object, 'url', place);
  const file = textAt(object, 'file', place);
  const given = textAt(object, 'data', place);
  const wanted = textAt(object, 'media_type', place);
  if ([url, file, given].filter((one) => one !== undefined).length !== 1) {
    throw new Problem(`${place}: expected one of url, file and data (base64)`);
  }
  const named = textAt(object, 'name', place);
  const bare = url === undefined ? { data: given, mediaType: undefined } : dataOfUrl(url);
  const data = file === undefined ? bare?.data : dataOfFile(file, place, read);
  if (data !== undefined && data.length > DATA_CHARACTERS_MAX) {
    throw new Problem(`${place}: larger than ${Math.floor((DATA_CHARACTERS_MAX / 4) * 3)} bytes`);
  }
  if (data !== undefined && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(data)) throw new Problem(`${place}/data: not base64`);
  if (data === undefined && !URL.canParse(url ?? '')) throw new Problem(`${place}/url: not an address like https://…`);
  const called = file ?? named ?? (url === undefined ? '' : new URL(url).pathname);
  const guesses = [data === undefined ? undefined : mediaTypeOfData(data), mediaTypeOfName(called)];
  // The type of the part is more reliable than a name.
  const guess = guesses.find((one) => one !== undefined && (type === 'file' || one.startsWith(`${type}/`)));
  const mediaType = wanted ?? bare?.mediaType ?? guess ?? ANY_OF[type];
  if (mediaType === undefined) throw new Problem(`${place}: its kind is not known: add media_type, like audio/wav`);
  const name = named ?? (file === undefined ? undefined : file.slice(file.lastIndexOf('/') + 1));
  return {
    type,
    mediaType,
    ...(data === undefined ? { url: url ?? '' } : { data, digest: createHash('sha256').update(data).digest('hex') }),
    ...(name !== undefined && { name }),
  };
}

/** The content of a `data:` URL. */
function dataOfUrl(url: string): { readonly data: string; readonly mediaType: string | undefined } | undefined {
  const found = /^data:([^;,]*);base64,/i.exec(url);
  if (found === null) return undefined;
  return { data: url.slice(found[0].length), mediaType: found[1] === '' ? undefined : found[1] };
}

function dataOfFile(file: string, place: string, read: ReadPart): string {
  const found = read(file);
  if ('problem' in found) throw new Problem(`${place}/file: ${found.problem}`);
  return found.data;
}
