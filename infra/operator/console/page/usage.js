import { drawHours } from './charts.js';
import { find, h, nothing, show, table, unfolding } from './elements.js';
import { count, hourText, plural } from './texts.js';

/** @import { ErrorText } from '../errcode-texts.ts' */
/** @import { ShownHour } from '../hours.ts' */
/** @import { ShownUsage } from '../console-state.ts' */
/** @import { Series } from './charts.js' */

/** As many errcodes have a colour of their own; the rest are drawn as one. */
const MOST_ERRCODES = 5;
const OTHERS = 'others';

/** @type {Map<HTMLElement, { readonly drawn: string, readonly remove: () => void }>} */
const charts = new Map();
const theme = matchMedia('(prefers-color-scheme: dark)');

/**
 * Shows the last hours of all accounts, or of one.
 * @param {ShownUsage} usage
 * @param {string} appId empty for all
 */
export function showUsage({ hours: { starts, accounts }, errors }, appId) {
  const shown = accounts.filter((account) => appId === '' || account.appId === appId);
  const hours = starts.map((_, hour) => shown.flatMap((account) => account.hours[hour] ?? []));
  const moments = starts.map((start) => Date.parse(start));
  showCalls(moments, hours);
  showErrors(moments, hours, errors);
}

/** @param {readonly number[]} starts @param {readonly (readonly ShownHour[])[]} hours by hour and account */
function showCalls(starts, hours) {
  /** @param {(hour: ShownHour) => number} figure */
  const sums = (figure) => hours.map((accounts) => sum(accounts.map(figure)));
  const series = [
    { name: 'answered', color: '--series-answered', values: sums(({ calls, errors }) => calls - errors) },
    { name: 'with an error', color: '--series-error', values: sums(({ errors }) => errors) },
    { name: 'refused by the gateway', color: '--series-refused', values: sums(({ refused }) => refused) },
  ];
  const figure = find('#calls .body');
  if (total(series) === 0) return showNothing(figure, 'No call in the last 24 hours.');
  const legend = series.map(({ name, color, values }) =>
    h('li', {}, swatch(color), name, h('strong', {}, count(sum(values)))),
  );
  return showChart(figure, 'calls', starts, series, h('ul', { class: 'legend' }, ...legend));
}

/**
 * @param {readonly number[]} starts
 * @param {readonly (readonly ShownHour[])[]} hours by hour and account
 * @param {Readonly<Record<string, ErrorText>>} texts
 */
function showErrors(starts, hours, texts) {
  const all = Object.keys(texts)
    .map((name) => ({
      name,
      values: hours.map((accounts) => accounts.reduce((n, { errcodes }) => n + (errcodes[name] ?? 0), 0)),
    }))
    .filter(({ values }) => sum(values) > 0)
    .toSorted((one, other) => sum(other.values) - sum(one.values));
  const figure = find('#errors .body');
  if (all.length === 0) return showNothing(figure, 'No error in the last 24 hours.');
  const rest = all.slice(MOST_ERRCODES);
  const named = all
    .slice(0, MOST_ERRCODES)
    .map(({ name, values }, index) => ({ name, values, color: `--series-${index + 1}` }));
  const others = {
    name: OTHERS,
    color: '--series-others',
    values: starts.map((_, hour) => sum(rest.map(({ values }) => values[hour] ?? 0))),
  };
  const series = rest.length === 0 ? named : [...named, others];
  return showChart(figure, 'errors', starts, series, meanings(all, series, texts));
}

/**
 * What the errors mean, with the colours that they are drawn in.
 * @param {readonly Omit<Series, 'color'>[]} errors
 * @param {readonly Series[]} series
 * @param {Readonly<Record<string, ErrorText>>} texts
 */
function meanings(errors, series, texts) {
  const items = errors.map(({ name, values }) => {
    const color = series.find((one) => one.name === name)?.color ?? '--series-others';
    const text = texts[name];
    return h(
      'li',
      {},
      swatch(color),
      h(
        'div',
        {},
        h('strong', {}, name),
        ` ${text?.meaning ?? ''}`,
        h('span', { lang: 'zh-CN', class: 'muted' }, text?.meaningZh),
        h('p', { class: 'muted' }, text?.nextStep ?? ''),
      ),
      h('span', { class: 'numeric' }, count(sum(values))),
    );
  });
  return h('ul', { class: 'meanings' }, ...items);
}

/**
 * @param {HTMLElement} figure
 * @param {string} key names it on the page
 * @param {readonly number[]} starts
 * @param {readonly Series[]} series
 * @param {HTMLElement} legend
 */
function showChart(figure, key, starts, series, legend) {
  const drawn = JSON.stringify([starts, series, theme.matches]);
  if (charts.get(figure)?.drawn === drawn) return;
  charts.get(figure)?.remove();
  const image = h('div', { class: 'chart', role: 'img', 'aria-label': summaryOf(starts, series) });
  const readout = h('p', { class: 'readout', 'aria-hidden': 'true' }, '\u00A0');
  show(figure, image, readout, legend, unfolding(`table of ${key}`, 'As a table', tableOf(starts, series)));
  const remove = drawHours(image, { starts, series }, (hour) => {
    readout.textContent = hour === undefined ? '\u00A0' : hourSummary(starts, series, hour);
  });
  charts.set(figure, { drawn, remove });
}

/** @param {HTMLElement} figure @param {string} text */
function showNothing(figure, text) {
  charts.get(figure)?.remove();
  charts.delete(figure);
  show(figure, nothing(text));
}

/** @param {readonly number[]} starts @param {readonly Series[]} series */
function summaryOf(starts, series) {
  const sums = starts.map((_, hour) => sum(series.map(({ values }) => values[hour] ?? 0)));
  const busiest = sums.indexOf(Math.max(...sums));
  const totals = series.map(({ name, values }) => `${name} ${count(sum(values))}`).join(', ');
  return `Bars by hour of the last 24 hours: ${totals}. Most at ${hourText(starts[busiest] ?? 0)}: ${count(sums[busiest] ?? 0)}. The table below has every figure.`;
}

/** @param {readonly number[]} starts @param {readonly Series[]} series @param {number} hour */
function hourSummary(starts, series, hour) {
  const start = starts[hour];
  if (start === undefined) return '\u00A0';
  const figures = series
    .map(({ name, values }) => ({ name, value: values[hour] ?? 0 }))
    .filter(({ value }) => value > 0);
  const text = figures.length === 0 ? 'none' : figures.map(({ name, value }) => `${name} ${count(value)}`).join(' · ');
  return `${hourText(start)}–${hourText(start + 3_600_000)}  ${text}`;
}

/** @param {readonly number[]} starts @param {readonly Series[]} series */
function tableOf(starts, series) {
  const columns = [{ title: 'Hour from' }, ...series.map(({ name }) => ({ title: name, numeric: true }))];
  const rows = starts.map((start, hour) => ({
    cells: [hourText(start), ...series.map(({ values }) => count(values[hour] ?? 0))],
  }));
  const latestFirst = rows.toReversed();
  return h(
    'div',
    { class: 'figures-by-hour', tabindex: '0', role: 'group', 'aria-label': plural(rows.length, 'hour') },
    table('Figures by hour, the latest first', columns, latestFirst),
  );
}

/** @param {string} color */
function swatch(color) {
  const element = h('span', { class: 'swatch', 'aria-hidden': 'true' });
  element.style.setProperty('--color', `var(${color})`);
  return element;
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((all, value) => all + value, 0);
}

/** @param {readonly Series[]} series */
function total(series) {
  return sum(series.flatMap(({ values }) => values));
}
