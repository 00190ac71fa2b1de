/** The name of a lane in logs and metrics: its provider's name and, from the second key on, the key's number: `openai#2`. */
export function laneLabel(provider: string, index: number): string {
  return index === 0 ? provider : `${provider}#${index + 1}`;
}
