const read = (name: string): string => process.env[name] ?? '';

/** What the floors read and call; the bench sets it. */
export const floorEnvironment = {
  tableName: read('TABLE_NAME'),
  pk: read('FLOOR_PK'),
  sk: read('FLOOR_SK'),
  origin: read('UPSTREAM_ORIGINS'),
  path: read('FLOOR_PATH'),
};
