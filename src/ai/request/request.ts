/** A part of a message. Images and the like will be further members of this union. */
export interface MessagePart {
  readonly type: 'text';
  readonly text: string;
}

export type MessageRole = 'system' | 'user' | 'assistant';

export interface Message {
  readonly role: MessageRole;
  readonly content: string | readonly MessagePart[];
}

/** Parameters for which providers use different names. */
export interface Sampling {
  /** None is sent unless the request has one: not every model accepts one. */
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
}

/** What an AI stage asks for, whoever serves it. */
export interface UniversalRequest extends Sampling {
  /** The name of a configured provider: only this one serves. */
  readonly provider?: string;
  readonly model: string;
  readonly messages: readonly Message[];
  /** The maximum of output tokens. */
  readonly max_tokens?: number;
}

/** A JSON Schema as plain JSON data. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** The whole text of a message. */
export function textOf(message: Message): string {
  return typeof message.content === 'string' ? message.content : message.content.map((part) => part.text).join('');
}
