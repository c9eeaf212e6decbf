/** @typedef {string | Node | null | undefined} Child */

/**
 * Makes an element. Texts become text nodes: nothing that is stored is ever parsed as HTML.
 * @param {string} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {readonly Child[]} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...present(children));
  return element;
}

/** @param {readonly Child[]} children */
function present(children) {
  return children.flatMap((child) => child || []);
}

/**
 * The one element that a selector finds in the page's own HTML.
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement}
 */
export function find(selector, within = document) {
  const found = within.querySelector(selector);
  if (found instanceof HTMLElement) return found;
  throw new Error(`The page has no ${selector}.`);
}

/**
 * Shows other content in place of the present one. What was unfolded stays unfolded, and the focus stays where it was, by the attribute `data-key`.
 * @param {Element} element
 * @param {readonly Child[]} children
 */
export function show(element, ...children) {
  const opened = new Set([...element.querySelectorAll('details[open][data-key]')].map(keyOf));
  const focused = element.contains(document.activeElement) ? keyOf(document.activeElement) : undefined;
  element.replaceChildren(...present(children));
  for (const details of element.querySelectorAll('details[data-key]')) {
    if (opened.has(keyOf(details))) details.setAttribute('open', '');
  }
  if (focused === undefined) return;
  for (const candidate of element.querySelectorAll('[data-key]')) {
    if (candidate instanceof HTMLElement && keyOf(candidate) === focused) candidate.focus({ preventScroll: true });
  }
}

/**
 * Content behind a line that unfolds it.
 * @param {string} key names it on the whole page
 * @param {string} summary
 * @param {readonly Child[]} children
 */
export function unfolding(key, summary, ...children) {
  return h('details', { 'data-key': key }, h('summary', { 'data-key': `${key} summary` }, summary), ...children);
}

/**
 * A table that turns into cards on a narrow screen; the roles keep it a table for screen readers then too.
 * @param {string} label
 * @param {readonly Column[]} columns
 * @param {readonly Row[]} rows
 * @typedef {{ readonly title: string, readonly numeric?: boolean }} Column
 * @typedef {{ readonly class?: string, readonly cells: readonly (string | Node | null)[] }} Row `null`: nothing to say
 */
export function table(label, columns, rows) {
  const head = columns.map(({ title, numeric }) =>
    h('th', { role: 'columnheader', scope: 'col', class: numeric ? 'numeric' : '' }, title),
  );
  const body = rows.map((row) =>
    h(
      'tr',
      { role: 'row', class: row.class ?? '' },
      ...row.cells.map((cell, index) => {
        const { title = '', numeric } = columns[index] ?? {};
        const kind = cell === null ? 'none' : numeric ? 'numeric' : '';
        const attributes = { role: 'cell', 'data-label': title, class: kind };
        return h('td', attributes, h('div', {}, cell ?? '–'));
      }),
    ),
  );
  return h(
    'table',
    { role: 'table', 'aria-label': label },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...head)),
    h('tbody', { role: 'rowgroup' }, ...body),
  );
}

/**
 * Nothing is there: says what to do about it.
 * @param {string} text
 * @param {string} [command] to be typed
 */
export function nothing(text, command) {
  return h('p', { class: 'empty' }, text, command === undefined ? null : h('code', { class: 'command' }, command));
}

/**
 * A part could not be read.
 * @param {string} trouble
 */
export function notRead(trouble) {
  return h('p', { class: 'not-read' }, mark('warning'), 'Not read: ', trouble);
}

const MARKS = { good: '●', warning: '▲', critical: '✕', off: '○', idle: '○' };

/**
 * The sign of a level, beside a word that says the same.
 * @param {keyof typeof MARKS} level
 */
export function mark(level) {
  return h('span', { class: `mark ${level}`, 'aria-hidden': 'true' }, MARKS[level]);
}

/** @param {Element | null} element */
function keyOf(element) {
  return element?.getAttribute('data-key') ?? undefined;
}
