import * as fc from 'fast-check';

// Otherwise a change would be noticed in one run and not in the next.
fc.configureGlobal({ seed: 1 });
