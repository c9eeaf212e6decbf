import type { AccountExamination } from '#shared/diagnosis/examination.ts';

/** The examination of an account that is there and enabled. */
export type Examined = Extract<AccountExamination, { kind: 'examined' }>;
