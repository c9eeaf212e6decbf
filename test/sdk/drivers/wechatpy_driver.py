"""Drives wechatpy through the steps of serve.ts: one JSON line in, one JSON line out."""

import base64
import json
import sys

from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatException

BASE_URL, APP_ID, SECRET = sys.argv[1:4]
WECHAT = "https://api.weixin.qq.com"
MENU = {"button": [{"type": "click", "name": "今日歌曲", "key": "V1001_TODAY_MUSIC"}]}


class GatewayClient(WeChatClient):
    """The SDK has no base URL for all of its calls, but every call comes through these two."""

    def _request(self, method, url_or_endpoint, **kwargs):
        base = kwargs.pop("api_base_url", self.API_BASE_URL)
        url = url_or_endpoint if url_or_endpoint.startswith("http") else base + url_or_endpoint
        return super()._request(method, url.replace(WECHAT, BASE_URL), **kwargs)

    def _fetch_access_token(self, url, params):
        return super()._fetch_access_token(url.replace(WECHAT, BASE_URL), params)


client = GatewayClient(APP_ID, SECRET)


def menu(_):
    client.menu.create(MENU)
    return client.menu.get()


def upload(path):
    with open(path, "rb") as file:
        return client.media.upload("image", file)["media_id"]


def login(code):
    """wechatpy 1.8 has no method for it, so this is its generic call."""
    params = {"appid": APP_ID, "secret": SECRET, "js_code": code, "grant_type": "authorization_code"}
    return client.get(WECHAT + "/sns/jscode2session", params=params)["openid"]


STEPS = {
    "token": lambda _: client.access_token,
    "ipList": lambda _: client.misc.get_wechat_ips(),
    "userInfo": client.user.get,
    "menu": menu,
    "message": lambda text: client.message.send_text("o1", text),
    "upload": upload,
    "download": lambda media_id: base64.b64encode(client.media.download(media_id).content).decode(),
    "ticket": lambda _: client.jsapi.get_ticket()["ticket"],
    "login": login,
}


def outcome(step, argument):
    try:
        return {"value": STEPS[step](argument)}
    except WeChatException as error:
        return {"error": {"errcode": error.errcode, "message": str(error)}}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(outcome(request["step"], request["argument"])), flush=True)
