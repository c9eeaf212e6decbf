/** Where operators put app secrets; the functions can only read them. */
export interface AppSecretWriter {
  /** Stores the account's app secret in place of any other, always as a new version: a pause that a refused secret had caused ends with it. */
  put(appId: string, appSecret: string): Promise<void>;
}
