import * as v from 'valibot';
import type { EnvironmentField } from './environment-field.ts';

/** A host name, lower-case, without scheme, port and path. */
export const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;
/** The ARN of a certificate in AWS Certificate Manager. */
export const CERTIFICATE_ARN = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/;
const HOSTED_ZONE_ID = /^Z[A-Z0-9]{1,31}$/;

const hostName = v.pipe(v.string(), v.regex(HOST));

/** The field `domain` of an environment file: the API under a name of one's own, by TLS 1.2 or later. */
export const domain = v.pipe(
  v.strictObject({
    name: hostName,
    /** A certificate for that name in AWS Certificate Manager, in the stack's region. */
    certificateArn: v.pipe(v.string(), v.regex(CERTIFICATE_ARN)),
    /** A hosted zone of Route 53 in the same AWS account that gets the record. Default: the record is made by hand, from the outputs. */
    hostedZone: v.optional(v.strictObject({ id: v.pipe(v.string(), v.regex(HOSTED_ZONE_ID)), name: hostName })),
  }),
  v.forward(
    v.partialCheck(
      [['name'], ['hostedZone']],
      ({ name, hostedZone }) =>
        hostedZone === undefined || name === hostedZone.name || name.endsWith(`.${hostedZone.name}`),
      'must be the hosted zone that the domain name is in',
    ),
    ['hostedZone'],
  ),
);

/** A stage's own domain, parsed. */
export type StageDomain = v.InferOutput<typeof domain>;

/** What each of these fields has to be and an example that is, for the faults. */
export const DOMAIN_FIELDS: Readonly<Record<string, EnvironmentField>> = {
  domain: {
    rule: 'must be an object with name and certificateArn',
    example:
      '{ "name": "wechat.example.com", "certificateArn": "arn:aws:acm:ap-southeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012" }',
  },
  'domain.name': {
    rule: 'must be a host name, lower-case, without scheme, port and path',
    example: '"wechat.example.com"',
  },
  'domain.certificateArn': {
    rule: 'must be the ARN of a certificate in AWS Certificate Manager',
    example: '"arn:aws:acm:ap-southeast-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"',
  },
  'domain.hostedZone': {
    rule: 'must be an object with id and name',
    example: '{ "id": "Z0123456789ABCDEFGHIJ", "name": "example.com" }',
  },
  'domain.hostedZone.id': { rule: 'must be the id of a Route 53 hosted zone', example: '"Z0123456789ABCDEFGHIJ"' },
  'domain.hostedZone.name': { rule: 'must be the name of that hosted zone', example: '"example.com"' },
};
