import uPlot from 'uplot';
import { at } from './elements.js';
import { dateAndTime, timeOfDay } from './words.js';

/** As many points as the daemon keeps: an hour. */
const POINTS_MAX = 720;

const HEIGHT_PX = 170;

interface Line {
  readonly label: string;
  /** A custom property of the style sheet. */
  readonly colour: string;
}

/** The values of the lines at a moment, in milliseconds since the epoch. */
type Point = readonly [at: number, values: readonly (number | null)[]];

export interface Chart {
  add(points: readonly Point[]): void;
  clear(): void;
}

/** Lines over time, in the page's colors, in either theme. */
export function chart(id: string, lines: readonly Line[], show: (value: number) => string): Chart {
  const place = at(id);
  const title = place.getAttribute('aria-label') ?? '';
  const data: [number[], ...(number | null)[][]] = [[], ...lines.map(() => [])];
  let plot: uPlot | undefined;

  const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name);
  const axis = (): uPlot.Axis => ({
    stroke: colour('--faint'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui',
  });
  const draw = (): void => {
    plot?.destroy();
    plot = new uPlot(
      {
        width: place.clientWidth,
        height: HEIGHT_PX,
        cursor: { drag: { x: false, y: false } },
        scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.15 : 1] } },
        axes: [
          { ...axis(), values: (_, ticks) => ticks.map((tick) => timeOfDay(tick * 1000)), space: 70 },
          { ...axis(), size: 64, values: (_, ticks) => ticks.map(show) },
        ],
        series: [
          { label: 'at', value: (_, time: number | null) => (time === null ? '–' : dateAndTime(time * 1000)) },
          ...lines.map((line): uPlot.Series => ({
            label: line.label,
            stroke: colour(line.colour),
            width: 2,
            points: { show: false },
            spanGaps: false,
            value: (_, value: number | null) => (value === null ? '–' : show(value)),
          })),
        ],
      },
      data,
      place,
    );
  };

  /** Who can't see the lines is told where they end, and how high they went. */
  const describe = (): void => {
    const words = lines.map(({ label }, i) => {
      const values = (data[i + 1] ?? []).flatMap((value) => value ?? []);
      const [last = null] = (data[i + 1] ?? []).slice(-1);
      if (values.length === 0) return `${label}: none`;
      return `${label}: ${last === null ? 'none' : show(last)} now, ${show(Math.max(...values))} at most`;
    });
    place.setAttribute('aria-label', `${title}. ${words.join('; ')}.`);
  };

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT_PX })).observe(place);
  return {
    add(points) {
      const [times, ...columns] = data;
      for (const [moment, values] of points) {
        const seconds = moment / 1000;
        if (seconds <= (times.at(-1) ?? 0)) continue;
        times.push(seconds);
        columns.forEach((column, i) => column.push(values[i] ?? null));
        if (times.length > POINTS_MAX) for (const column of data) column.shift();
      }
      describe();
      plot?.setData(data);
    },
    clear() {
      for (const column of data) column.length = 0;
    },
  };
}
