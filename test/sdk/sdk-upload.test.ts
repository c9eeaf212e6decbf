import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { imageFile } from './image-file.ts';
import { installedSdks } from './installed-sdks.ts';
import { startSdkScene } from './sdk-scene.ts';

const UPLOAD = '/cgi-bin/media/upload';

const tnwx = installedSdks.find(({ name }) => name === 'tnwx');

describe('an upload with tnwx', () => {
  it('whose header lacks the boundary reaches WeChat byte for byte, header included', async ({ skip }) => {
    if (tnwx === undefined) return skip('tnwx is not installed');
    const image = randomBytes(300_000);
    const { rig, gateway, startApp } = await startSdkScene();
    // The simulator cannot find the file in it; what WeChat makes of it is between the SDK and WeChat.
    rig.simulator.faults.add({ kind: 'body', body: '{"type":"image","media_id":"m1"}', path: UPLOAD });
    expect(await startApp(tnwx).bring('upload', imageFile(image))).toMatchObject({ media_id: 'm1' });
    const came = gateway.calls.find(({ rawPath }) => rawPath === UPLOAD);
    const went = await rig.simulator.log.waitFor(({ path }) => path === UPLOAD);
    expect(went.headers['content-type']).toBe('multipart/form-data');
    expect(went.body.equals(Buffer.from(came?.body ?? '', 'base64'))).toBe(true);
    expect(went.body.includes(image)).toBe(true);
    expect(went.headers['content-length']).toBe(came?.headers['content-length']);
  });
});
