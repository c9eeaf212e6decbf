// The console serves the chart library beside the page's own scripts.
export { default } from 'uplot';
