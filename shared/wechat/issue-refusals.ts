/** WeChat refuses the address that a call came from: it is not in the account's IP allow-list. */
export const ADDRESS_REFUSED = 40164;

/** The codes by which the token endpoints refuse an app secret; 40001 means the secret there, not a token. */
export const APP_SECRET_REFUSED = [40001, 40125] as const;

/** The app secret was frozen in WeChat's console (doc/service/guide/dev/api). */
export const APP_SECRET_FROZEN = 40243;

/** WeChat waits for the account's administrator, or they have said no (doc/service/api/base/api_getstableaccesstoken). */
export const ADMIN_CONFIRMATION = [89501, 89502, 89503, 89504, 89505, 89506, 89507] as const;
