export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

/** An image, a recording or a document: by its address, or as its bytes. */
export interface MediaPart {
  readonly type: 'image' | 'file' | 'audio';
  /** Such as `image/png`. */
  readonly mediaType: string;
  readonly url?: string;
  /** Base64. */
  readonly data?: string;
  /** SHA-256 of the data, if any, in hexadecimal digits. */
  readonly digest?: string;
  /** The file's name. */
  readonly name?: string;
}

/** A tool call that the model requested in an earlier answer. */
export interface ToolCallPart {
  readonly type: 'tool_call';
  readonly id: string;
  readonly name: string;
  /** Plain JSON data. */
  readonly arguments: unknown;
}

/** The result of a tool call. */
export interface ToolResultPart {
  readonly type: 'tool_result';
  /** The call's id. */
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

export type MessagePart = TextPart | MediaPart | ToolCallPart | ToolResultPart;

export type MessageRole = 'system' | 'user' | 'assistant' | 'tool';

export interface Message {
  readonly role: MessageRole;
  readonly content: string | readonly MessagePart[];
}

/** A function that the model may request a call of. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  /** The JSON Schema of its arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string };

export const REASONING_EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];

/** Parameters for which providers use different names. */
export interface Sampling {
  /** Not sent unless the request has one, because not every model accepts it. */
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly reasoning_effort?: ReasoningEffort;
}

/** Requests a vector for each text of the messages, instead of an answer. */
export interface Embedding {
  /** Whether the result is a list of vectors, even for one text. */
  readonly many: boolean;
  /** Default: the model's number of dimensions. */
  readonly dimensions?: number;
}

/** An AI stage's request, independent of the provider. */
export interface UniversalRequest extends Sampling {
  /** The name of a configured provider, which alone may serve the request. */
  readonly provider?: string;
  readonly model: string;
  readonly messages: readonly Message[];
  readonly embedding?: Embedding;
  /** The maximum of output tokens. */
  readonly max_tokens?: number;
  readonly tools?: readonly Tool[];
  readonly tool_choice?: ToolChoice;
  /** Merged unchanged into the body that is sent to the provider. Plain JSON data. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** A JSON Schema as plain JSON data. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** The parts of a message; a text is one part. */
export function partsOf({ content }: Message): readonly MessagePart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** The whole text of a message. */
export function textOf(message: Message): string {
  return partsOf(message)
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('');
}

/** All of a message that is billed as text, including tool calls and their results. */
export function billedTextOf(message: Message): string {
  return partsOf(message).map(billedText).join('');
}

function billedText(part: MessagePart): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'tool_call':
      return `${part.id}${part.name}${JSON.stringify(part.arguments)}`;
    case 'tool_result':
      return `${part.id}${part.name}${part.text}`;
    default:
      return '';
  }
}

/** The images, files and recordings of a message. */
export function mediaOf(message: Message): readonly MediaPart[] {
  return partsOf(message).filter(isMedia);
}

export function isMedia(part: MessagePart): part is MediaPart {
  return part.type === 'image' || part.type === 'file' || part.type === 'audio';
}
