import uPlot from 'uplot';
import { at } from './elements.js';

/** Points kept: ten minutes. */
const POINTS_MAX = 600;

const HEIGHT_PX = 170;

interface Line {
  readonly label: string;
  /** A custom property of the style sheet. */
  readonly colour: string;
}

export interface Chart {
  /** @param at milliseconds since the epoch */
  add(at: number, values: readonly (number | undefined)[]): void;
}

/** Lines over time, in the page's colors, in either theme. */
export function chart(id: string, lines: readonly Line[], show: (value: number) => string): Chart {
  const place = at(id);
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
        legend: { live: false },
        scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.15 : 1] } },
        axes: [axis(), { ...axis(), size: 64, values: (_, ticks) => ticks.map(show) }],
        series: [
          {},
          ...lines.map((line): uPlot.Series => ({
            label: line.label,
            stroke: colour(line.colour),
            width: 2,
            points: { show: false },
            spanGaps: true,
            value: (_, value: number | null) => (value === null ? '–' : show(value)),
          })),
        ],
      },
      data,
      place,
    );
  };

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: HEIGHT_PX })).observe(place);
  return {
    add(moment, values) {
      const [times, ...columns] = data;
      times.push(moment / 1000);
      columns.forEach((column, i) => column.push(values[i] ?? null));
      if (times.length > POINTS_MAX) for (const column of data) column.shift();
      // A hidden page need not be drawn.
      if (!document.hidden) plot?.setData(data);
    },
  };
}
