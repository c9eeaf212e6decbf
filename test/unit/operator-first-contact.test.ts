import { describe, expect, it } from 'vitest';
import type { Caller } from '#shared/caller/caller.ts';
import { firstContact, firstContactText } from '../../infra/operator/first-contact.ts';
import { targetOfStack } from '../../infra/operator/stage-target.cloudformation.ts';

const KEY = 'wxg_key';
const API_URL = 'https://api.example.com';
const CALLER: Caller = {
  id: 'Ab12Cd34',
  name: 'Shop',
  disabled: false,
  keys: [],
  sealingKey: '0'.repeat(64),
  grants: [{ appId: 'wx1', allow: ['/cgi-bin/*'] }],
};

/** A stage's target by what its stack puts out for this choice of doors. */
function targetOf(urls: Readonly<Record<string, string>>) {
  const names = ['TableName', 'RefreshAccessTokenName', 'SyncServerIpsName', 'SyncQuotasName'];
  const outputs = { ...Object.fromEntries(names.map((name) => [name, name])), ...urls };
  return targetOfStack({
    stage: 'prod',
    where: 'stage prod',
    stackName: 'wechat-gateway-prod',
    status: 'CREATE_COMPLETE',
    outputs: Object.entries(outputs).map(([name, value]) => ({ name, value, description: '' })),
  });
}

const textOn = (urls: Readonly<Record<string, string>>) =>
  firstContactText(firstContact(CALLER, KEY, targetOf(urls)), CALLER.id, KEY);

describe('what a new caller’s people are told', () => {
  it.each([{ ApiUrl: API_URL }, { ApiUrl: API_URL, IamApiUrl: `${API_URL}/iam` }])(
    'is the two lines of an SDK and a command, where keys are taken: %j',
    (urls) => {
      expect(textOn(urls)).toContain(`base URL  ${API_URL}\n  secret    ${KEY}`);
      expect(textOn(urls)).toContain(`curl -H 'Authorization: Bearer ${KEY}'`);
    },
  );

  it('is how to let a role in, where only signed requests are taken: no key and no SDK would work', () => {
    const text = textOn({ ApiUrl: `${API_URL}/iam`, IamApiUrl: `${API_URL}/iam` });
    expect(text).toContain("caller role add Ab12Cd34 <the role's unique id>");
    expect(text).toContain(`${API_URL}/iam`);
    expect(text).not.toMatch(/curl|SDK;/);
  });
});
