/** The colour at a part, 0 to 1, of the way along a ramp of colours in hexadecimal, as one of them. */
export function mixed(stops: readonly string[], part: number): string {
  const place = Math.min(1, Math.max(0, part)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const [from, to] = [channelsOf(stops[index] ?? ""), channelsOf(stops[index + 1] ?? "")];
  const between = from.map((channel, at) => Math.round(channel + ((to[at] ?? channel) - channel) * (place - index)));
  return `#${between.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** Red, green and blue, 0 to 255. */
export function channelsOf(hex: string): readonly number[] {
  return [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));
}
