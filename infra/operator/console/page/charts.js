import { hourText, shortCount } from './texts.js';
import uPlot from './uplot.js';

const HOUR_SECONDS = 3_600;
const HEIGHT = 190;
const TIME_ZONE = 'Asia/Shanghai';
const WHOLE_STEPS = [1, 2, 5]
  .flatMap((step) => Array.from({ length: 12 }, (_, power) => step * 10 ** power))
  .toSorted((a, b) => a - b);
const HOUR_STEPS = [3, 6, 12, 24].map((hours) => hours * HOUR_SECONDS);

/**
 * One kind of what is counted by hour.
 * @typedef {object} Series
 * @property {string} name
 * @property {string} color a custom property of the page's style, such as `--series-1`
 * @property {readonly number[]} values one per hour
 */

/** @typedef {{ readonly starts: readonly number[], readonly series: readonly Series[] }} HourlyCounts epoch milliseconds */

/**
 * Draws counts by hour as stacked bars, the first series at the bottom, as wide as the element is from now on.
 * @param {HTMLElement} element empty
 * @param {HourlyCounts} counts
 * @param {(hour: number | undefined) => void} onHour told the index of the hour under the pointer
 * @returns what takes it away again
 */
export function drawHours(element, { starts, series }, onHour) {
  const first = (starts[0] ?? 0) / 1000;
  /** @param {uPlot} plot */
  const hourUnderPointer = (plot) => {
    const { left = -1 } = plot.cursor;
    return left < 0 ? undefined : Math.floor((plot.posToVal(left, 'x') - first) / HOUR_SECONDS);
  };
  const chart = new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      padding: [8, 4, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), TIME_ZONE),
      scales: {
        x: { range: () => [first, first + starts.length * HOUR_SECONDS] },
        y: { range: (_, __, highest) => [0, Math.max(4, highest * 1.08)] },
      },
      axes: axes(),
      series: [{}, ...stackedFromTheTop(series)],
      hooks: { setCursor: [(plot) => onHour(hourUnderPointer(plot))] },
    },
    [starts.map((start) => start / 1000), ...sumsFromTheTop(series)],
    element,
  );
  const resizing = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
  resizing.observe(element);
  return () => {
    resizing.disconnect();
    chart.destroy();
  };
}

/** The whole stack is drawn first, then over it what lies below: so each series shows the part that is its own. @param {readonly Series[]} series */
function stackedFromTheTop(series) {
  const paths = uPlot.paths.bars?.({ size: [0.78, 60], align: 1, radius: 0.08 });
  if (paths === undefined) throw new Error('This build of uPlot has no bars.');
  return series.toReversed().map(({ name, color }) => {
    return { label: name, fill: colorOf(color), width: 0, points: { show: false }, paths };
  });
}

/** @param {readonly Series[]} series */
function sumsFromTheTop(series) {
  return series
    .map((_, top) => {
      const below = series.slice(0, top + 1);
      return (below[0]?.values ?? []).map((__, hour) =>
        below.reduce((sum, { values }) => sum + (values[hour] ?? 0), 0),
      );
    })
    .toReversed();
}

function axes() {
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  const common = { stroke: colorOf('--muted'), font, ticks: { show: false } };
  const grid = { stroke: colorOf('--line'), width: 1 };
  return [
    {
      ...common,
      incrs: HOUR_STEPS,
      space: 44,
      size: 28,
      grid: { show: false },
      values: (/** @type {unknown} */ _, /** @type {number[]} */ seconds) => seconds.map((one) => hourText(one * 1000)),
    },
    {
      ...common,
      incrs: WHOLE_STEPS,
      space: 36,
      size: 44,
      grid,
      values: (/** @type {unknown} */ _, /** @type {number[]} */ values) => values.map(shortCount),
    },
  ];
}

/** @param {string} name */
function colorOf(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
