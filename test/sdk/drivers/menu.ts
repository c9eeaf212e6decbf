/** A menu with Chinese names: a re-encoded body would be refused (40033). */
export const MENU = { button: [{ type: 'click', name: '今日歌曲', key: 'V1001_TODAY_MUSIC' }] };
