/** What a lane is called in logs and metrics: as its provider, and from the second key on with the key's number: `openai#2`. */
export function laneLabel(provider: string, index: number): string {
  return index === 0 ? provider : `${provider}#${index + 1}`;
}
