import { checkAppSecret } from '../access-checks.ts';
import { json } from '../answers.ts';
import { jsonBody, text } from '../call.ts';
import type { Endpoints } from '../endpoint.ts';
import { issueClassic, issueForced, issueStable } from '../token-issuing.ts';

const CLIENT_CREDENTIAL = 'client_credential';

/** Both token endpoints (doc/service/api/base/api_getstableaccesstoken, api_getaccesstoken). */
export const tokenEndpoints: Endpoints = {
  '/cgi-bin/token': {
    method: 'GET',
    auth: 'own',
    handle(call, platform) {
      const account = checkAppSecret(platform, call, {
        appId: call.query.get('appid') ?? undefined,
        appSecret: call.query.get('secret') ?? undefined,
        grantType: { given: call.query.get('grant_type') ?? undefined, expected: CLIENT_CREDENTIAL },
      });
      return json(issueClassic(account, platform.now()));
    },
  },
  '/cgi-bin/stable_token': {
    method: 'POST',
    auth: 'own',
    handle(call, platform) {
      const fields = jsonBody(call);
      const account = checkAppSecret(platform, call, {
        appId: text(fields, 'appid'),
        appSecret: text(fields, 'secret'),
        grantType: { given: text(fields, 'grant_type'), expected: CLIENT_CREDENTIAL },
      });
      const issue = fields.force_refresh === true ? issueForced : issueStable;
      return json(issue(account, platform.now()));
    },
  },
};
