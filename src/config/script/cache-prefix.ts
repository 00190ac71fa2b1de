import type { Json } from 'computo-js';
import { requestMembers } from './request-members.js';

/** How far the requests of a stage are the same for all events: its provider may keep that part in a cache. */
export interface CachePrefix {
  /** So many messages, whole. */
  readonly messages: number;
  /** Of the next message so many parts, whole. A text is one part. */
  readonly parts: number;
  /** And what the text of the next part begins with. */
  readonly text: string;
}

/** A part of a message, as far as it is written down: the text that it begins with, and whether that is all. */
interface WrittenPart {
  readonly text: string;
  readonly isWhole: boolean;
}

/**
 * How far the requests of a stage are the same for all events, by what is written of them: `system`, `messages` and `prompt`, in this
 * order, up to the first placeholder, or the first call in a script. Nothing is known of a script that makes its request in another
 * way than as an object.
 *
 * @param request a script, or a template: in that texts have placeholders, and a list is no call
 */
export function cachePrefix(request: Json, isTemplate: boolean): CachePrefix {
  const members = new Map(requestMembers(request).map(({ key, value }) => [key, value]));
  const before = { ...NOTHING };
  for (const parts of messagesIn(members, isTemplate)) {
    const count = parts?.findIndex(({ isWhole }) => !isWhole) ?? 0;
    if (parts === undefined || count !== -1) return { ...before, parts: count, text: parts?.[count]?.text ?? '' };
    before.messages += 1;
  }
  return before;
}

const NOTHING = { messages: 0, parts: 0, text: '' };

/** The parts of each message; undefined: they are not written down. */
function messagesIn(
  members: ReadonlyMap<string, Json>,
  isTemplate: boolean,
): readonly (readonly WrittenPart[] | undefined)[] {
  const partsOf = (content: Json): readonly WrittenPart[] | undefined => partsIn(content, isTemplate);
  const [system = null, messages = null, prompt = null] = ['system', 'messages', 'prompt'].map((key) =>
    members.get(key),
  );
  const listed = messages === null ? [] : (itemsOf(messages, isTemplate) ?? [undefined]);
  return [
    ...(system === null ? [] : [partsOf(system)]),
    ...listed.map((message) => (message === undefined ? undefined : partsOfMessage(message, isTemplate))),
    ...(prompt === null ? [] : [partsOf(prompt)]),
  ];
}

function partsOfMessage(message: Json, isTemplate: boolean): readonly WrittenPart[] | undefined {
  const members = requestMembers(message);
  // What a message has besides its text is the same for all events, or it does not belong to what is.
  const others = members.filter(({ key }) => key !== 'content');
  const content = members.find(({ key }) => key === 'content')?.value;
  if (content === undefined || !others.every(({ value }) => isConstant(value, isTemplate))) return undefined;
  return partsIn(content, isTemplate);
}

function partsIn(content: Json, isTemplate: boolean): readonly WrittenPart[] | undefined {
  const items = itemsOf(content, isTemplate);
  if (items === undefined) return [textIn(content, isTemplate)];
  return items.map((item) => {
    if (isConstant(item, isTemplate)) return { text: '', isWhole: true };
    const members = new Map(requestMembers(item).map(({ key, value }) => [key, value]));
    const text = members.get('text');
    return text === undefined ? { text: '', isWhole: false } : textIn(text, isTemplate);
  });
}

/** The elements of a list; undefined: it is none. In a script a list that begins with a text is a call. */
function itemsOf(list: Json, isTemplate: boolean): readonly Json[] | undefined {
  if (Array.isArray(list)) return isTemplate || typeof list[0] !== 'string' ? (list as readonly Json[]) : undefined;
  if (isTemplate || typeof list !== 'object' || list === null) return undefined;
  const { array } = list as { readonly array?: Json };
  return Array.isArray(array) ? (array as readonly Json[]) : undefined;
}

function textIn(text: Json, isTemplate: boolean): WrittenPart {
  if (typeof text === 'string') {
    const at = isTemplate ? text.indexOf('${') : -1;
    return at === -1 ? { text, isWhole: true } : { text: text.slice(0, at), isWhole: false };
  }
  const [head, first] = !isTemplate && Array.isArray(text) ? (text as readonly Json[]) : [];
  if (head !== 'strConcat' || first === undefined) return { text: '', isWhole: false };
  return { ...textIn(first, isTemplate), isWhole: false };
}

function isConstant(value: Json, isTemplate: boolean): boolean {
  if (typeof value === 'string') return !isTemplate || !value.includes('${');
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) {
    return (isTemplate || typeof value[0] !== 'string') && value.every((one: Json) => isConstant(one, isTemplate));
  }
  return Object.values(value).every((one) => isConstant(one as Json, isTemplate));
}

/** Whether nothing at all is the same for all events. */
export function isEmptyPrefix({ messages, parts, text }: CachePrefix): boolean {
  return messages === 0 && parts === 0 && text.trim() === '';
}
