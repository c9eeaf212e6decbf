/** From here on somebody should know: past this part of a quota, in percent, its use is logged, and an alarm goes off. */
export const NEARLY_USED_PERCENT = 80;
