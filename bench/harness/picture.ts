import { BEFORE, CURRENT } from "./case.ts";
import { costOf } from "./ratios.ts";
import type { Entry, Race, Scaling } from "./results.ts";
import type { Spread } from "./statistics.ts";

const WIDTH = 860;
const LEFT = 220;
const RIGHT = 90;
const ROW = 18;
const HEAD = 34;
const GAP = 14;
const AXIS = 40;
/** Of a panel of growth, three in a row. */
const PANEL = { width: 260, height: 190, gap: 27, left: 40, top: 42, bottom: 28 };
const TITLE_CHARACTERS = 120;

/**
 * Seconds of each contestant in each race: a dot at the median, a line from the least to the greatest, on one logarithmic axis.
 * Below, how the cost grows: the measured points and the line of the fitted exponent. SVG in black, grey and white; the same
 * results give the same bytes.
 */
export function resultsPicture(races: readonly Race[], series: readonly Scaling[]): string {
  const panels = races.map(({ title, entries }, index) => ({
    heading: shortened(title.replaceAll("`", "")),
    top: AXIS + races.slice(0, index).reduce((sum, race) => sum + HEAD + GAP + ROW * race.entries.length, 0),
    bars: entries.flatMap((entry) => {
      const time = costOf(races[index] as Race, entry.contestant, "seconds");
      const label = entry.title.replaceAll("`", "");
      return time === undefined ? [] : [{ label, isOurs: isOurs(entry), time }];
    }),
  }));
  const times = panels.flatMap(({ bars }) => bars.map(({ time }) => time));
  const last = panels.at(-1);
  if (last === undefined || times.length === 0)
    return '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>\n';
  const scale = secondsScale(times);
  const racesHeight = last.top + HEAD + ROW * last.bars.length + GAP;
  const grown = series.filter(({ exponent }) => exponent !== null);
  const height = racesHeight + Math.ceil(grown.length / 3) * (PANEL.height + PANEL.gap);
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    "<title>Seconds of each contestant in each race, and how the cost grows, on logarithmic axes</title>",
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    ...scale.ticks.flatMap((tick) => [
      `<line x1="${scale.at(tick)}" y1="${AXIS}" x2="${scale.at(tick)}" y2="${racesHeight - GAP}" stroke="#ccc"/>`,
      `<text x="${scale.at(tick)}" y="${AXIS - 8}" text-anchor="middle">${tick} s</text>`,
    ]),
    ...panels.flatMap(({ heading, top, bars }) => [
      `<text x="12" y="${top + HEAD - 12}" font-weight="bold" stroke="white" stroke-width="4" paint-order="stroke">${escaped(heading)}</text>`,
      ...bars.flatMap((bar, index) => barLines({ ...bar, y: top + HEAD + ROW * index + ROW / 2 }, scale.at)),
    ]),
    ...grown.flatMap((one, index) =>
      growthLines(one, {
        left: (index % 3) * (PANEL.width + PANEL.gap) + 13,
        top: racesHeight + Math.floor(index / 3) * (PANEL.height + PANEL.gap),
      }),
    ),
    "</svg>",
  ];
  return `${lines.join("\n")}\n`;
}

function isOurs({ contestant }: Entry): boolean {
  return contestant.startsWith(CURRENT.id) && contestant !== BEFORE;
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

/** Points of a cost that grows, and the line of its exponent through the last of them. */
function growthLines(
  { name, variable, unit, points, exponent }: Scaling,
  { left, top }: { readonly left: number; readonly top: number },
): string[] {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || exponent === null) return [];
  const bottom = top + PANEL.height - PANEL.bottom;
  const x = axis(
    points.map((point) => point.x),
    [left + PANEL.left, left + PANEL.width - 12],
  );
  const y = axis(
    points.map(({ value }) => value),
    [bottom - 6, top + PANEL.top],
  );
  const fitted = last.value * (first.x / last.x) ** exponent;
  // The line leaves the panel where the first points are above it: the start costs more than the growth there.
  const from = fitted >= y.low ? first.x : last.x * (y.low / last.value) ** (1 / exponent);
  const label = (at: number, value: string) =>
    `<text x="${at}" y="${bottom + 16}" text-anchor="middle" fill="#555">${value}</text>`;
  return [
    `<text x="${left}" y="${top + 16}" font-weight="bold">${escaped(name)}</text>`,
    `<text x="${left}" y="${top + 32}" fill="#555">${unit}, grows as ${variable}<tspan dy="-4" font-size="10">${exponent.toFixed(2)}</tspan></text>`,
    `<path d="M${left + PANEL.left} ${top + PANEL.top}V${bottom}H${left + PANEL.width}" fill="none" stroke="#999"/>`,
    ...[first, last].map(
      (point) =>
        `<text x="${left + PANEL.left - 6}" y="${y.at(point.value) + 4}" text-anchor="end" fill="#555">${point.value.toPrecision(2)}</text>`,
    ),
    ...[first, last].map((point) => label(x.at(point.x), compact(point.x))),
    `<line x1="${x.at(Math.max(from, first.x))}" y1="${y.at(Math.max(fitted, y.low))}" x2="${x.at(last.x)}" y2="${y.at(last.value)}" stroke="#999" stroke-width="2"/>`,
    ...points.map((point) => `<circle cx="${x.at(point.x)}" cy="${y.at(point.value)}" r="4" fill="black"/>`),
  ];
}

/** A logarithmic axis from the least of some values to the greatest. */
function axis(values: readonly number[], [from, to]: readonly [number, number]) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const length = Math.log(high / low) || 1;
  return { low, at: (value: number) => Number((from + ((to - from) * Math.log(value / low)) / length).toFixed(1)) };
}

/** An axis of whole decades that holds all times. */
function secondsScale(times: readonly Spread[]) {
  const first = Math.floor(Math.log10(Math.min(...times.map(({ low }) => low))));
  const last = Math.ceil(Math.log10(Math.max(...times.map(({ high }) => high))));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(`1e${first + index}`));
  const decade = (WIDTH - LEFT - RIGHT) / (last - first);
  return { ticks, at: (seconds: number) => Number((LEFT + decade * (Math.log10(seconds) - first)).toFixed(1)) };
}

function secondsLabel(seconds: number): string {
  return `${seconds.toPrecision(seconds < 0.1 ? 2 : 3)} s`;
}

const COMPACT = new Intl.NumberFormat("en", { notation: "compact" });

function compact(value: number): string {
  return value < 10_000 ? String(value) : COMPACT.format(value);
}

function shortened(text: string): string {
  return text.length <= TITLE_CHARACTERS ? text : `${text.slice(0, TITLE_CHARACTERS - 1)}…`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
