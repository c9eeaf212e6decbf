/** The name of an AWS region, as far as its form tells. */
export const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** Whether a region is one of AWS China, which is a partition of its own (`aws-cn`) with its own AWS accounts. */
export function isInChina(region: string): boolean {
  return region.startsWith('cn-');
}

/** The partition in the ARNs of a region, of those that the gateway is made for. */
export function partitionOf(region: string): 'aws' | 'aws-cn' {
  return isInChina(region) ? 'aws-cn' : 'aws';
}

const GENERAL = 'api.weixin.qq.com';
/** Hong Kong and Taipei: WeChat's servers in Hong Kong are the nearest. */
const NEAR_HONG_KONG = /^ap-east-\d$/;

/**
 * WeChat's hosts for servers in a region, in the order they are tried: the nearest, and one elsewhere for when it does not answer.
 * (developers.weixin.qq.com, doc/service/Basic_Information/Interface_field_description.html)
 */
export function defaultUpstreamHosts(region: string): string[] {
  if (isInChina(region)) return [GENERAL, 'sh.api.weixin.qq.com'];
  if (NEAR_HONG_KONG.test(region)) return ['hk.api.weixin.qq.com', GENERAL];
  return [GENERAL, 'api2.weixin.qq.com'];
}
