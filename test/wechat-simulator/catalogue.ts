import type { Endpoint } from './endpoint.ts';
import { codeEndpoints } from './endpoints/codes.ts';
import { datacubeEndpoints } from './endpoints/datacube.ts';
import { deviceEndpoints } from './endpoints/devices.ts';
import { diagnosticEndpoints } from './endpoints/diagnostics.ts';
import { loginEndpoints } from './endpoints/login.ts';
import { materialEndpoints } from './endpoints/materials.ts';
import { mediaEndpoints } from './endpoints/media.ts';
import { menuEndpoints } from './endpoints/menus.ts';
import { messageEndpoints } from './endpoints/messages.ts';
import { quotaEndpoints } from './endpoints/quotas.ts';
import { serverIpEndpoints } from './endpoints/server-ips.ts';
import { ticketEndpoints } from './endpoints/tickets.ts';
import { tokenEndpoints } from './endpoints/tokens.ts';
import { userEndpoints } from './endpoints/users.ts';

const BUSINESS = {
  ...codeEndpoints,
  ...datacubeEndpoints,
  ...deviceEndpoints,
  ...materialEndpoints,
  ...mediaEndpoints,
  ...menuEndpoints,
  ...messageEndpoints,
  ...quotaEndpoints,
  ...serverIpEndpoints,
  ...ticketEndpoints,
  ...userEndpoints,
};

const CATALOGUE: ReadonlyMap<string, Endpoint> = new Map(
  Object.entries({ ...BUSINESS, ...diagnosticEndpoints(BUSINESS), ...loginEndpoints, ...tokenEndpoints }),
);

/** The endpoint at exactly this path, or undefined. */
export function endpointAt(path: string): Endpoint | undefined {
  return CATALOGUE.get(path);
}
