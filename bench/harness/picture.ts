import { secondsOf } from "./ratios.ts";
import type { Race } from "./results.ts";
import type { Spread } from "./statistics.ts";

const WIDTH = 860;
const LEFT = 220;
const RIGHT = 90;
const ROW = 18;
const HEAD = 34;
const GAP = 14;
const AXIS = 40;

/**
 * Seconds of each contestant in each workload: a dot at the median, a line from the least to the greatest, on one
 * logarithmic axis. SVG in black, grey and white; the same races give the same bytes.
 */
export function racesPicture(races: readonly Race[]): string {
  const panels = races.map(({ workload, title, entries }, index) => ({
    heading: `${workload}: ${title}`,
    top: AXIS + races.slice(0, index).reduce((sum, race) => sum + HEAD + GAP + ROW * race.entries.length, 0),
    bars: entries.flatMap((entry) => {
      const time = secondsOf(races[index], entry.contestant);
      return time === undefined ? [] : [{ label: entry.title, isOurs: entry.contestant.startsWith("vshift"), time }];
    }),
  }));
  const times = panels.flatMap(({ bars }) => bars.map(({ time }) => time));
  if (times.length === 0) return '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n';
  const scale = logScale(times);
  const last = panels[panels.length - 1];
  const height = last.top + HEAD + ROW * last.bars.length + GAP;
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    "<title>Seconds of each contestant in each workload, on a logarithmic axis</title>",
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    ...scale.ticks.flatMap((tick) => [
      `<line x1="${scale.at(tick)}" y1="${AXIS}" x2="${scale.at(tick)}" y2="${height - GAP}" stroke="#ccc"/>`,
      `<text x="${scale.at(tick)}" y="${AXIS - 8}" text-anchor="middle">${tick} s</text>`,
    ]),
    ...panels.flatMap(({ heading, top, bars }) => [
      `<text x="12" y="${top + HEAD - 12}" font-weight="bold" stroke="white" stroke-width="4" paint-order="stroke">${escaped(heading)}</text>`,
      ...bars.flatMap((bar, index) => barLines({ ...bar, y: top + HEAD + ROW * index + ROW / 2 }, scale.at)),
    ]),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

interface Bar {
  readonly label: string;
  readonly isOurs: boolean;
  readonly time: Spread;
  readonly y: number;
}

function barLines({ label, isOurs, time, y }: Bar, at: (seconds: number) => number): string[] {
  const weight = isOurs ? ' font-weight="bold"' : "";
  return [
    `<text x="${LEFT - 12}" y="${y + 4}" text-anchor="end"${weight}>${escaped(label)}</text>`,
    `<line x1="${LEFT}" y1="${y}" x2="${at(time.median)}" y2="${y}" stroke="${isOurs ? "black" : "#999"}" stroke-width="${isOurs ? 5 : 2}"/>`,
    `<path d="M${at(time.low)} ${y - 6}v12M${at(time.low)} ${y}H${at(time.high)}M${at(time.high)} ${y - 6}v12" stroke="black" stroke-width="1.2"/>`,
    `<circle cx="${at(time.median)}" cy="${y}" r="4.5" fill="${isOurs ? "black" : "white"}" stroke="black" stroke-width="1.5"/>`,
    `<text x="${(at(time.high) + 10).toFixed(1)}" y="${y + 4}"${weight} stroke="white" stroke-width="4" paint-order="stroke">${secondsLabel(time.median)}</text>`,
  ];
}

/** An axis of whole decades that holds all times. */
function logScale(times: readonly Spread[]) {
  const first = Math.floor(Math.log10(Math.min(...times.map(({ low }) => low))));
  const last = Math.ceil(Math.log10(Math.max(...times.map(({ high }) => high))));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(`1e${first + index}`));
  const decade = (WIDTH - LEFT - RIGHT) / (last - first);
  return { ticks, at: (seconds: number) => Number((LEFT + decade * (Math.log10(seconds) - first)).toFixed(1)) };
}

function secondsLabel(seconds: number): string {
  return `${seconds.toPrecision(seconds < 0.1 ? 2 : 3)} s`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
