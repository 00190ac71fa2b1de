import {
  partsOf,
  textOf,
  type MediaPart,
  type Message,
  type MessagePart,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
} from '../request/index.js';
import type { SdkCallOptions } from './wire.js';

type Prompt = SdkCallOptions['prompt'];
type PartOf<R extends Message['role']> = Exclude<Extract<Prompt[number], { role: R }>['content'], string>[number];
type UserPart = PartOf<'user'>;
type AssistantPart = PartOf<'assistant'>;
type ToolPart = PartOf<'tool'>;

/** Converts the messages of a request to the AI SDK's format. */
export function promptOf(messages: readonly Message[]): Prompt {
  return withResultsJoined(messages).map(messageOf);
}

/** Joins the results of an answer's tool calls in one message, as Anthropic and Google require. */
function withResultsJoined(messages: readonly Message[]): readonly Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (message.role !== 'tool' || last?.role !== 'tool') joined.push(message);
    else joined[joined.length - 1] = { role: 'tool', content: [...partsOf(last), ...partsOf(message)] };
  }
  return joined;
}

function messageOf(message: Message): Prompt[number] {
  const { role } = message;
  const parts = partsOf(message);
  switch (role) {
    case 'system':
      return { role, content: textOf(message) };
    case 'assistant':
      return { role, content: asOneText(parts).filter(isOf('text', 'tool_call')).map(saidOf) };
    case 'tool':
      return { role, content: parts.filter(isOf('tool_result')).map(resultOf) };
    case 'user':
      return {
        role,
        content: asOneText(parts)
          .filter(isOf('text', 'image', 'file', 'audio'))
          .map(givenOf),
      };
  }
}

/** Texts beside nothing else are one. */
function asOneText(parts: readonly MessagePart[]): readonly MessagePart[] {
  if (!parts.every(({ type }) => type === 'text')) return parts;
  return [{ type: 'text', text: textOf({ role: 'user', content: parts }) }];
}

function isOf<T extends MessagePart['type']>(...types: T[]) {
  return (part: MessagePart): part is Extract<MessagePart, { type: T }> => types.some((type) => type === part.type);
}

function saidOf(part: TextPart | ToolCallPart): AssistantPart {
  if (part.type === 'text') return part;
  return { type: 'tool-call', toolCallId: part.id, toolName: part.name, input: part.arguments };
}

function resultOf({ id, name, text }: ToolResultPart): ToolPart {
  return { type: 'tool-result', toolCallId: id, toolName: name, output: { type: 'text', value: text } };
}

function givenOf(part: TextPart | MediaPart): UserPart {
  return part.type === 'text' ? part : fileOf(part);
}

function fileOf({ mediaType, url, data = '', name }: MediaPart): UserPart {
  return {
    type: 'file',
    mediaType,
    data: url === undefined ? data : new URL(url),
    ...(name !== undefined && { filename: name }),
  };
}
