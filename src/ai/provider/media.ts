/** A part of a message that is not text, as far as a wire cares. */
interface Media {
  /** Such as `audio/wav`; `audio/*` if unknown. */
  readonly mediaType: string;
  readonly url?: string | undefined;
}

/** Why chat completions (at OpenAI or a compatible server) reject a part. */
export function refusedByChat({ mediaType, url }: Media): string | undefined {
  if (mediaType.startsWith('image/')) return undefined;
  const isAudio = mediaType.startsWith('audio/');
  const isKnown = isAudio ? /^audio\/(?:wav|mp3|mpeg|\*)$/.test(mediaType) : mediaType === 'application/pdf';
  if (!isKnown) return `it takes no ${mediaType}, but images, audio/wav, audio/mpeg and application/pdf`;
  return url === undefined ? undefined : `it takes ${isAudio ? 'audio' : 'a PDF'} as data or file, not by its url`;
}

/** Why Anthropic's Messages API rejects a part. */
export function refusedByMessages({ mediaType }: Media): string | undefined {
  const isKnown = mediaType.startsWith('image/') || mediaType === 'application/pdf' || mediaType === 'text/plain';
  return isKnown ? undefined : `it takes no ${mediaType}, but images, application/pdf and text/plain`;
}
