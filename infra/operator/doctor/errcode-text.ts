import { errcodeEntry } from '#shared/wechat/errcode.ts';

/** An errcode in a few words, with WeChat's request id where there is one. */
export function errcodeText(errcode: number | undefined, rid: string | undefined): string {
  const meaning = errcode === undefined ? undefined : errcodeEntry(errcode)?.meaning;
  return [`errcode ${errcode}`, meaning, rid && `rid ${rid}`].filter(Boolean).join(', ');
}
