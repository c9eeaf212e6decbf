import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './wechat-simulator-client.ts';

const OPEN_ID = 'oSim0000000000000000000001';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.simulator.close());

const get = async (path: string, query?: string) => await bench.get(bench.withToken(path, query));
const post = async (path: string, body: object | string | Buffer, query?: string, headers?: Record<string, string>) =>
  await bench.post(bench.withToken(path, query), body, headers);
const errcodes = async (path: string, bodies: (object | string)[]) => {
  const codes: unknown[] = [];
  for (const body of bodies) codes.push((await post(path, body)).json.errcode);
  return codes;
};

describe('any call', () => {
  it('gets 40066 for a path that WeChat does not have', async () => {
    for (const path of ['/', '/cgi-bin/clear_quota/v3', '/constructor', '/cgi-bin/USER/info']) {
      const reply = await get(path);
      expect([reply.status, reply.json.errcode]).toEqual([200, 40066]);
      expect(reply.json.errmsg).toMatch(/^invalid url rid: /);
    }
  });

  it('gets 43001 or 43002 for the wrong method', async () => {
    expect((await post('/cgi-bin/menu/delete', {})).json.errcode).toBe(43001);
    expect((await get('/cgi-bin/menu/create')).json.errcode).toBe(43002);
  });

  it('is checked for its token before its body', async () => {
    expect((await bench.post('/cgi-bin/menu/create?access_token=73_x', 'not JSON')).json.errcode).toBe(40001);
    expect(await errcodes('/cgi-bin/menu/create', ['', 'not JSON', '[]'])).toEqual([44002, 47001, 47001]);
  });
});

describe('users', () => {
  it('have a Chinese name and a 64-bit integer, written as such', async () => {
    const reply = await get('/cgi-bin/user/info', `openid=${OPEN_ID}&lang=zh_CN`);
    expect(reply.text).toContain('"nickname":"微信用户·张三"');
    expect(reply.text).toContain('"qr_scene":9223372036854775807,');
    expect(reply.json.openid).toBe(OPEN_ID);
  });

  it('get 40003 for a bad openid', async () => {
    expect((await get('/cgi-bin/user/info', 'openid=bad')).json.errcode).toBe(40003);
    expect((await get('/cgi-bin/user/info')).json.errcode).toBe(40003);
  });

  it('keep their remark', async () => {
    expect((await post('/cgi-bin/user/info/updateremark', { openid: OPEN_ID, remark: '老客户' })).text).toBe(
      '{"errcode":0,"errmsg":"ok"}',
    );
    expect((await get('/cgi-bin/user/info', `openid=${OPEN_ID}`)).json.remark).toBe('老客户');
  });

  it('are listed in pages', async () => {
    const all = await get('/cgi-bin/user/get');
    expect(all.json).toMatchObject({ total: 3, count: 3 });
    const rest = await get('/cgi-bin/user/get', `next_openid=${OPEN_ID}`);
    expect(rest.json).toMatchObject({ total: 3, count: 2, next_openid: 'oSim0000000000000000000003' });
  });

  it('can be tagged', async () => {
    const created = await post('/cgi-bin/tags/create', { tag: { name: '广东' } });
    expect(created.json).toEqual({ tag: { id: 100, name: '广东' } });
    const tagging = { openid_list: [OPEN_ID], tagid: 100 };
    expect((await post('/cgi-bin/tags/members/batchtagging', tagging)).json.errcode).toBe(0);
    expect((await get('/cgi-bin/tags/get')).json).toEqual({ tags: [{ id: 100, name: '广东', count: 1 }] });
    expect((await post('/cgi-bin/tags/create', { tag: { name: '广东' } })).json.errcode).toBe(45157);
    const faulty = [
      { ...tagging, tagid: 9 },
      { ...tagging, openid_list: [] },
      { ...tagging, openid_list: ['bad'] },
    ];
    expect(await errcodes('/cgi-bin/tags/members/batchtagging', faulty)).toEqual([45159, 40032, 40003]);
  });
});

describe('the menu', () => {
  const menu = '{"button":[{"type":"click","name":"今日歌曲","key":"V1","n":9223372036854775807}]}';

  it('comes back byte for byte, and goes with a GET', async () => {
    expect((await get('/cgi-bin/menu/get')).json.errcode).toBe(46003);
    expect((await post('/cgi-bin/menu/create', menu)).json.errcode).toBe(0);
    expect((await get('/cgi-bin/menu/get')).text).toBe(`{"menu":${menu}}`);
    expect((await get('/cgi-bin/menu/delete')).json.errcode).toBe(0);
    expect((await get('/cgi-bin/menu/get')).json.errcode).toBe(46003);
  });

  it('refuses JSON that a proxy turned into ASCII', async () => {
    expect((await post('/cgi-bin/menu/create', menu.replace('今', '\\u4eca'))).json.errcode).toBe(40033);
    expect((await post('/cgi-bin/menu/create', { button: [] })).json.errcode).toBe(40016);
  });
});

describe('messages', () => {
  it('go to customers', async () => {
    const message = { touser: OPEN_ID, msgtype: 'text', text: { content: '你好' } };
    const faulty = [
      { ...message, touser: 'bad' },
      { ...message, msgtype: 'smoke' },
      { ...message, text: {} },
    ];
    expect(await errcodes('/cgi-bin/message/custom/send', [message, ...faulty])).toEqual([0, 40003, 40008, 44004]);
  });

  it('by template get an ID beyond what a JavaScript number holds', async () => {
    const reply = await post('/cgi-bin/message/template/send', { touser: OPEN_ID, template_id: 't', data: {} });
    expect(reply.text).toMatch(/^\{"errcode":0,"errmsg":"ok","msgid":3\d{18}\}$/);
    expect((await post('/cgi-bin/message/template/send', { touser: OPEN_ID })).json.errcode).toBe(40037);
  });
});

describe('codes and tickets', () => {
  it('QR codes have a ticket, and temporary ones an end', async () => {
    const temporary = await post('/cgi-bin/qrcode/create', { action_name: 'QR_SCENE', expire_seconds: 9_999_999 });
    expect(temporary.json).toEqual({ ticket: expect.any(String), expire_seconds: 2_592_000, url: expect.any(String) });
    const permanent = await post('/cgi-bin/qrcode/create', { action_name: 'QR_LIMIT_SCENE' });
    expect(permanent.json.expire_seconds).toBeUndefined();
    expect((await post('/cgi-bin/qrcode/create', {})).json.errcode).toBe(40097);
  });

  it('mini-program codes are image bytes, or JSON when refused', async () => {
    const image = await post('/wxa/getwxacodeunlimit', { scene: 'a=1' });
    expect(image.contentType).toBe('image/png');
    expect(image.bytes.subarray(1, 4).toString()).toBe('PNG');
    expect((await post('/wxa/getwxacodeunlimit', { scene: '' })).json.errcode).toBe(40129);
    expect((await post('/wxa/getwxacodeunlimit', 'scene=1')).json.errcode).toBe(47001);
  });

  it('tickets are for the JS-SDK and for cards', async () => {
    for (const type of ['jsapi', 'wx_card']) {
      const reply = await get('/cgi-bin/ticket/getticket', `type=${type}`);
      expect(reply.json).toEqual({ errcode: 0, errmsg: 'ok', ticket: expect.any(String), expires_in: 7200 });
    }
    expect((await get('/cgi-bin/ticket/getticket', 'type=smoke')).json.errcode).toBe(40097);
  });
});

describe('addresses', () => {
  it('are listed as set', async () => {
    expect((await get('/cgi-bin/getcallbackip')).json.ip_list).toContain('101.226.103.0/25');
    bench.simulator.setServerIps({ callback: ['203.0.113.1'] });
    expect((await get('/cgi-bin/getcallbackip')).text).toBe('{"ip_list":["203.0.113.1"]}');
    expect((await get('/cgi-bin/get_api_domain_ip')).text).toBe('{"ip_list":["101.89.47.18","101.91.34.103"]}');
  });

  it('can be checked', async () => {
    const path = '/cgi-bin/callback/check';
    const dns = await post(path, { action: 'dns', check_operator: 'DEFAULT' });
    expect(Object.keys(dns.json)).toEqual(['dns']);
    expect(Object.keys((await post(path, { action: 'all', check_operator: 'CAP' })).json)).toEqual(['dns', 'ping']);
    expect(await errcodes(path, [{ action: 'smoke' }, { action: 'all' }])).toEqual([40202, 40203]);
  });
});

describe('figures and devices', () => {
  it('user summaries cover seven days at most', async () => {
    const path = '/datacube/getusersummary';
    const week = await post(path, { begin_date: '2026-11-01', end_date: '2026-11-07' });
    expect(week.json.list).toHaveLength(7);
    const faulty = [
      { begin_date: '2026-11-01', end_date: '2026-11-08' },
      { begin_date: '2026-11-02', end_date: '2026-11-01' },
      { begin_date: '1 November' },
    ];
    expect(await errcodes(path, faulty)).toEqual([61501, 61501, 61500]);
  });

  it('devices wrap every result in base_resp', async () => {
    const bound = await post('/device/bind', { openid: OPEN_ID, device_id: 'd' });
    expect(bound.text).toBe('{"base_resp":{"errcode":0,"errmsg":"ok"}}');
    const refused = await bench.post('/device/bind?access_token=73_x', {});
    expect(refused.json).toEqual({ base_resp: { errcode: 40001, errmsg: expect.stringContaining(' rid: ') } });
    expect(bench.simulator.log.entries.map(({ answeredErrcode }) => answeredErrcode)).toEqual([0, 40001]);
  });
});
