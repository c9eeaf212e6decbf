import { comparablePath } from '../api-call/path.ts';

/** The kinds of calls that can be granted as a whole. */
export const CATEGORIES = [
  'messages',
  'users',
  'tags',
  'menus',
  'materials',
  'qr-codes',
  'data',
  'mini-program',
] as const;

/** One of {@link CATEGORIES}. */
export type Category = (typeof CATEGORIES)[number];

/** What is known of one of WeChat's endpoints. */
export interface Endpoint {
  /** As WeChat spells it. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** `undefined` for what no category covers: credentials, quotas, addresses, and subjects of few accounts. */
  readonly category: Category | undefined;
  /** Whether it only reads, so that a second call changes nothing and takes nothing but a count. `false` wherever that is in doubt. */
  readonly safeToRepeat: boolean;
  /** Path of the page about it or its kin on developers.weixin.qq.com, or `SDK source` where only an SDK tells of it. */
  readonly source: string;
}

// "# category source", then its calls: method, "read" or "write", path. A write is whatever is not safe to repeat. Paths as WxJava, silenceper/wechat and wechatpy have them, pages as they or WeChat's own name them.
const TABLE = `
# - doc/service/api/base/api_getstableaccesstoken
POST write /cgi-bin/stable_token
# - doc/service/api/base/api_getaccesstoken
GET write /cgi-bin/token
# - doc/channels/api/basic/api_getapidomainip
GET read /cgi-bin/get_api_domain_ip
# - doc/service/api/base/api_getcallbackip
GET read /cgi-bin/getcallbackip
# - doc/service/openApi/clear_quota.html
POST write /cgi-bin/clear_quota
POST write /cgi-bin/clear_quota/v2
# - doc/subscription/api/apimanage/api_clearapiquota
POST write /cgi-bin/openapi/quota/clear
# - doc/service/api/apimanage/api_getapiquota
POST read /cgi-bin/openapi/quota/get
# - miniprogram/dev/OpenApiDoc/openApi-mgnt/getRidInfo.html
POST read /cgi-bin/openapi/rid/get
# - doc/offiaccount/OA_Web_Apps/JS-SDK.html
GET read /cgi-bin/ticket/getticket
# - doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
GET read /sns/userinfo
GET read /sns/auth
GET write /sns/oauth2/access_token
GET write /sns/oauth2/refresh_token
# - miniprogram/dev/api-backend/open-api/login/auth.code2Session.html
GET write /sns/jscode2session
# - SDK source
POST read /cgi-bin/callback/check
POST write /cgi-bin/component/api_component_token
POST write /cgi-bin/component/api_create_preauthcode
POST write /cgi-bin/component/api_query_auth
POST write /cgi-bin/component/api_authorizer_token
POST write /cgi-bin/component/api_start_push_ticket
POST write /cgi-bin/component/clear_quota/v2
POST write /cgi-bin/component/set_authorizer_option
POST read /cgi-bin/component/api_get_authorizer_info
POST read /cgi-bin/component/api_get_authorizer_list
POST read /cgi-bin/component/get_authorizer_option
POST read /cgi-bin/component/api_get_authorizer_option
GET write /sns/component/jscode2session
GET write /sns/oauth2/component/access_token
GET write /sns/oauth2/component/refresh_token

# messages doc/offiaccount/Message_Management/Service_Center_messages.html
POST write /cgi-bin/message/custom/send
POST write /cgi-bin/message/custom/typing
GET read /cgi-bin/customservice/getkflist
GET read /cgi-bin/customservice/getonlinekflist
POST write /customservice/kfaccount/add
POST write /customservice/kfaccount/update
POST write /customservice/kfaccount/inviteworker
POST write /customservice/kfaccount/uploadheadimg
GET write /customservice/kfaccount/del
# messages doc/offiaccount/Customer_Service/Session_control.html
POST write /customservice/kfsession/create
POST write /customservice/kfsession/close
GET read /customservice/kfsession/getsession
GET read /customservice/kfsession/getsessionlist
GET read /customservice/kfsession/getwaitcase
# messages doc/offiaccount/Customer_Service/Obtain_chat_transcript.html
POST read /customservice/msgrecord/getmsglist
# messages doc/offiaccount/Message_Management/Batch_Sends_and_Originality_Checks.html
POST write /cgi-bin/message/mass/sendall
POST write /cgi-bin/message/mass/send
POST write /cgi-bin/message/mass/delete
POST write /cgi-bin/message/mass/preview
POST write /cgi-bin/message/mass/speed/set
POST read /cgi-bin/message/mass/get
POST read /cgi-bin/message/mass/speed/get
# messages doc/offiaccount/Message_Management/Template_Message_Interface.html
POST write /cgi-bin/message/template/send
POST write /cgi-bin/template/api_set_industry
POST write /cgi-bin/template/api_add_template
POST write /cgi-bin/template/del_private_template
GET read /cgi-bin/template/get_industry
GET read /cgi-bin/template/get_all_private_template
POST write /cgi-bin/message/template/subscribe
# messages doc/offiaccount/Subscription_Messages/api.html
POST write /cgi-bin/message/subscribe/bizsend
POST write /wxaapi/newtmpl/addtemplate
POST write /wxaapi/newtmpl/deltemplate
GET read /wxaapi/newtmpl/getcategory
GET read /wxaapi/newtmpl/getpubtemplatekeywords
GET read /wxaapi/newtmpl/getpubtemplatetitles
GET read /wxaapi/newtmpl/gettemplate
# messages doc/offiaccount/Message_Management/Getting_Rules_for_Auto_Replies.html
GET read /cgi-bin/get_current_autoreply_info
# messages miniprogram/dev/api-backend/open-api/subscribe-message/subscribeMessage.send.html
POST write /cgi-bin/message/subscribe/send
# messages miniprogram/dev/api-backend/open-api/uniform-message/uniformMessage.send.html
POST write /cgi-bin/message/wxopen/template/uniform_send
# messages miniprogram/dev/api-backend/open-api/updatable-message/updatableMessage.setUpdatableMsg.html
GET write /cgi-bin/message/wxopen/activityid/create
POST write /cgi-bin/message/wxopen/updatablemsg/send
# messages SDK source
POST write /cgi-bin/message/device/subscribe/send
POST write /cgi-bin/message/wxopen/template/send

# users doc/offiaccount/User_Management/Getting_a_User_List.html
GET read /cgi-bin/user/get
# users doc/offiaccount/User_Management/Get_users_basic_information_UnionID.html
GET read /cgi-bin/user/info
POST read /cgi-bin/user/info/batchget
# users SDK source
POST write /cgi-bin/user/info/updateremark
POST read /cgi-bin/changeopenid
# users doc/offiaccount/User_Management/Manage_blacklist.html
POST read /cgi-bin/tags/members/getblacklist
POST write /cgi-bin/tags/members/batchblacklist
POST write /cgi-bin/tags/members/batchunblacklist
# tags doc/offiaccount/User_Management/User_Tag_Management.html
POST write /cgi-bin/tags/create
POST write /cgi-bin/tags/update
POST write /cgi-bin/tags/delete
POST write /cgi-bin/tags/members/batchtagging
POST write /cgi-bin/tags/members/batchuntagging
GET read /cgi-bin/tags/get
POST read /cgi-bin/tags/getidlist
POST read /cgi-bin/user/tag/get
# tags SDK source
POST write /cgi-bin/groups/create
POST write /cgi-bin/groups/update
POST write /cgi-bin/groups/delete
POST write /cgi-bin/groups/members/update
POST write /cgi-bin/groups/members/batchupdate
GET read /cgi-bin/groups/get
POST read /cgi-bin/groups/getid

# menus doc/offiaccount/Custom_Menus/Creating_Custom-Defined_Menu.html
POST write /cgi-bin/menu/create
GET read /cgi-bin/menu/get
GET read /cgi-bin/get_current_selfmenu_info
GET write /cgi-bin/menu/delete
# menus doc/offiaccount/Custom_Menus/Personalized_menu_interface.html
POST write /cgi-bin/menu/addconditional
POST write /cgi-bin/menu/delconditional
POST read /cgi-bin/menu/trymatch

# materials doc/offiaccount/Asset_Management/New_temporary_materials.html
POST write /cgi-bin/media/upload
# materials doc/offiaccount/Asset_Management/Get_temporary_materials.html
GET read /cgi-bin/media/get
GET read /cgi-bin/media/get/jssdk
# materials doc/offiaccount/Asset_Management/Adding_Permanent_Assets.html
POST write /cgi-bin/material/add_material
POST write /cgi-bin/material/add_news
POST write /cgi-bin/material/update_news
POST write /cgi-bin/material/del_material
POST write /cgi-bin/media/uploadimg
POST read /cgi-bin/material/get_material
# materials doc/offiaccount/Asset_Management/Get_materials_list.html
POST read /cgi-bin/material/batchget_material
GET read /cgi-bin/material/get_materialcount
# materials doc/offiaccount/Message_Management/Batch_Sends_and_Originality_Checks.html
POST write /cgi-bin/media/uploadnews
POST write /cgi-bin/media/uploadvideo
# materials doc/offiaccount/Draft_Box/Add_draft.html
POST write /cgi-bin/draft/add
POST write /cgi-bin/draft/update
POST write /cgi-bin/draft/delete
POST read /cgi-bin/draft/get
POST read /cgi-bin/draft/batchget
GET read /cgi-bin/draft/count
# materials doc/offiaccount/Publish/Publish.html
POST write /cgi-bin/freepublish/submit
POST write /cgi-bin/freepublish/delete
POST read /cgi-bin/freepublish/get
POST read /cgi-bin/freepublish/getarticle
POST read /cgi-bin/freepublish/batchget

# qr-codes doc/offiaccount/Account_Management/Generating_a_Parametric_QR_Code.html
POST write /cgi-bin/qrcode/create
# qr-codes doc/offiaccount/Account_Management/KEY_Shortener.html
POST write /cgi-bin/shorten/gen
POST read /cgi-bin/shorten/fetch
# qr-codes doc/offiaccount/Account_Management/URL_Shortener.html
POST write /cgi-bin/shorturl
# qr-codes miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getUnlimitedQRCode.html
POST read /wxa/getwxacodeunlimit
# qr-codes miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getQRCode.html
POST write /wxa/getwxacode
POST write /cgi-bin/wxaapp/createwxaqrcode

# data doc/offiaccount/Analytics/User_Analysis_Data_Interface.html
POST read /datacube/getusersummary
POST read /datacube/getusercumulate
# data doc/offiaccount/Analytics/Graphic_Analysis_Data_Interface.html
POST read /datacube/getarticlesummary
POST read /datacube/getarticletotal
POST read /datacube/getuserread
POST read /datacube/getuserreadhour
POST read /datacube/getusershare
POST read /datacube/getusersharehour
# data doc/offiaccount/Analytics/Message_analysis_data_interface.html
POST read /datacube/getupstreammsgdist
POST read /datacube/getupstreammsgdistmonth
POST read /datacube/getupstreammsgdistweek
POST read /datacube/getupstreammsghour
POST read /datacube/getupstreammsgmonth
POST read /datacube/getupstreammsgweek
POST read /datacube/getupstreammsg
# data doc/offiaccount/Analytics/Analytics_API.html
POST read /datacube/getinterfacesummary
POST read /datacube/getinterfacesummaryhour
# data SDK source
POST read /datacube/getweanalysisappiddailyretaininfo
POST read /datacube/getweanalysisappiddailysummarytrend
POST read /datacube/getweanalysisappiddailyvisittrend
POST read /datacube/getweanalysisappidmonthlyretaininfo
POST read /datacube/getweanalysisappidmonthlyvisittrend
POST read /datacube/getweanalysisappiduserportrait
POST read /datacube/getweanalysisappidvisitdistribution
POST read /datacube/getweanalysisappidvisitpage
POST read /datacube/getweanalysisappidweeklyretaininfo
POST read /datacube/getweanalysisappidweeklyvisittrend

# mini-program miniprogram/dev/api-backend/open-api/url-scheme/urlscheme.generate.html
POST write /wxa/generatescheme
POST write /wxa/generatenfcscheme
POST read /wxa/queryscheme
# mini-program miniprogram/dev/api-backend/open-api/url-link/urllink.generate.html
POST write /wxa/generate_urllink
POST read /wxa/query_urllink
# mini-program miniprogram/dev/api-backend/open-api/short-link/shortlink.generate.html
POST write /wxa/genwxashortlink
# mini-program miniprogram/dev/api-backend/open-api/sec-check/security.msgSecCheck.html
POST read /wxa/msg_sec_check
POST read /wxa/img_sec_check
POST write /wxa/media_check_async
# mini-program miniprogram/dev/OpenApiDoc/user-info/phone-number/getPhoneNumber.html
POST write /wxa/business/getuserphonenumber
# mini-program miniprogram/dev/api-backend/open-api/user-info/auth.getPaidUnionId.html
GET read /wxa/getpaidunionid
# mini-program miniprogram/dev/api-backend/open-api/internet/internet.getUserEncryptKey.html
POST read /wxa/business/getuserencryptkey
# mini-program miniprogram/dev/api-backend/open-api/safety-control-capability/riskControl.getUserRiskRank.html
POST read /wxa/getuserriskrank
# mini-program miniprogram/dev/api-backend/open-api/soter/soter.verifySignature.html
POST read /cgi-bin/soter/verify_signature
# mini-program miniprogram/dev/platform-capabilities/business-capabilities/order-shipping/order-shipping.html
POST write /wxa/sec/order/upload_shipping_info
POST write /wxa/sec/order/upload_combined_shipping_info
POST write /wxa/sec/order/notify_confirm_receive
POST write /wxa/sec/order/set_msg_jump_path
POST write /wxa/sec/order/opspecialorder
POST read /wxa/sec/order/get_order
POST read /wxa/sec/order/get_order_list
POST read /wxa/sec/order/is_trade_managed
POST read /wxa/sec/order/is_trade_management_confirmation_completed
# mini-program miniprogram/dev/platform-capabilities/business-capabilities/order_center/order_center.html
POST write /wxa/sec/order/update_order_detail_path
POST read /wxa/sec/order/get_order_detail_path
# mini-program miniprogram/dev/platform-capabilities/industry/mini-drama/mini_drama.html
POST write /wxa/sec/vod/singlefileupload
POST write /wxa/sec/vod/pullupload
POST write /wxa/sec/vod/applyupload
POST write /wxa/sec/vod/uploadpart
POST write /wxa/sec/vod/commitupload
POST write /wxa/sec/vod/deletemedia
POST write /wxa/sec/vod/auditdrama
POST read /wxa/sec/vod/gettask
POST read /wxa/sec/vod/listmedia
POST read /wxa/sec/vod/getmedia
POST read /wxa/sec/vod/getmedialink
POST read /wxa/sec/vod/listdramas
POST read /wxa/sec/vod/getdrama
POST read /wxa/sec/vod/getcdnusagedata
POST read /wxa/sec/vod/getcdnlogs
# mini-program miniprogram/dev/api-backend/open-api/express/by-business/logistics.addOrder.html
POST write /cgi-bin/express/business/account/bind
POST write /cgi-bin/express/business/order/add
POST write /cgi-bin/express/business/order/cancel
POST write /cgi-bin/express/business/printer/update
POST write /cgi-bin/express/business/test_update_order
GET read /cgi-bin/express/business/account/getall
GET read /cgi-bin/express/business/delivery/getall
GET read /cgi-bin/express/business/printer/getall
POST read /cgi-bin/express/business/order/get
POST read /cgi-bin/express/business/order/batchget
POST read /cgi-bin/express/business/path/get
POST read /cgi-bin/express/business/quota/get
# mini-program miniprogram/dev/platform-capabilities/industry/express/express_open_msg.html
POST write /cgi-bin/express/delivery/open_msg/trace_waybill
POST write /cgi-bin/express/delivery/open_msg/follow_waybill
POST write /cgi-bin/express/delivery/open_msg/update_waybill_goods
POST read /cgi-bin/express/delivery/open_msg/query_trace
POST read /cgi-bin/express/delivery/open_msg/query_follow_trace
POST read /cgi-bin/express/delivery/open_msg/get_delivery_list
# mini-program miniprogram/dev/platform-capabilities/industry/express/business/express_sale_return.html
POST write /cgi-bin/express/delivery/return/add
POST write /cgi-bin/express/delivery/return/unbind
POST read /cgi-bin/express/delivery/return/get
# mini-program miniprogram/dev/platform-capabilities/industry/express/business/intracity_service.html
POST write /cgi-bin/express/intracity/apply
POST write /cgi-bin/express/intracity/createstore
POST write /cgi-bin/express/intracity/updatestore
POST write /cgi-bin/express/intracity/storecharge
POST write /cgi-bin/express/intracity/storerefund
POST write /cgi-bin/express/intracity/addorder
POST write /cgi-bin/express/intracity/cancelorder
POST write /cgi-bin/express/intracity/setpaymode
POST read /cgi-bin/express/intracity/querystore
POST read /cgi-bin/express/intracity/queryflow
POST read /cgi-bin/express/intracity/balancequery
POST read /cgi-bin/express/intracity/preaddorder
POST read /cgi-bin/express/intracity/queryorder
POST read /cgi-bin/express/intracity/getcity
POST read /cgi-bin/express/intracity/getpaymode
# mini-program miniprogram/dev/api-backend/open-api/immediate-delivery/by-business/immediateDelivery.addOrder.html
POST write /cgi-bin/express/local/business/order/add
POST write /cgi-bin/express/local/business/order/readd
POST write /cgi-bin/express/local/business/order/cancel
POST write /cgi-bin/express/local/business/order/addtips
POST write /cgi-bin/express/local/business/order/confirm_return
POST write /cgi-bin/express/local/business/test_update_order
POST read /cgi-bin/express/local/business/order/pre_add
POST read /cgi-bin/express/local/business/order/precancel
POST read /cgi-bin/express/local/business/order/get
POST read /cgi-bin/express/local/business/delivery/getall
POST read /cgi-bin/express/local/business/shop/get
# mini-program doc/oplatform/Third-party_Platforms/Mini_Programs/live_player/studio-api.html
POST write /wxaapi/broadcast/room/create
POST write /wxaapi/broadcast/room/editroom
POST write /wxaapi/broadcast/room/deleteroom
POST write /wxaapi/broadcast/room/addgoods
POST write /wxaapi/broadcast/room/addassistant
POST write /wxaapi/broadcast/room/modifyassistant
POST write /wxaapi/broadcast/room/removeassistant
POST write /wxaapi/broadcast/room/addsubanchor
POST write /wxaapi/broadcast/room/modifysubanchor
POST write /wxaapi/broadcast/room/deletesubanchor
POST write /wxaapi/broadcast/room/updatefeedpublic
POST write /wxaapi/broadcast/room/updatereplay
POST write /wxaapi/broadcast/room/updatekf
POST write /wxaapi/broadcast/room/updatecomment
GET read /wxaapi/broadcast/room/getpushurl
GET read /wxaapi/broadcast/room/getsharedcode
GET read /wxaapi/broadcast/room/getassistantlist
GET read /wxaapi/broadcast/room/getsubanchor
POST write /wxaapi/broadcast/goods/add
POST write /wxaapi/broadcast/goods/audit
POST write /wxaapi/broadcast/goods/resetaudit
POST write /wxaapi/broadcast/goods/update
POST write /wxaapi/broadcast/goods/delete
POST write /wxaapi/broadcast/goods/deleteInRoom
POST write /wxaapi/broadcast/goods/onsale
POST write /wxaapi/broadcast/goods/push
POST write /wxaapi/broadcast/goods/sort
POST write /wxaapi/broadcast/goods/setkey
GET read /wxaapi/broadcast/goods/getapproved
GET read /wxaapi/broadcast/goods/getkey
POST read /wxaapi/broadcast/goods/getVideo
POST read /wxa/business/getliveinfo
POST read /wxa/business/getgoodswarehouse
POST write /wxaapi/broadcast/role/addrole
POST write /wxaapi/broadcast/role/deleterole
GET read /wxaapi/broadcast/role/getrolelist
# mini-program doc/oplatform/Third-party_Platforms/2.0/api/code/commit.html
POST write /wxa/commit
POST write /wxa/submit_audit
POST write /wxa/release
POST write /wxa/modify_domain
POST write /wxa/setwebviewdomain
POST write /wxa/change_visitstatus
POST write /wxa/bind_tester
POST write /wxa/unbind_tester
GET write /wxa/revertcoderelease
GET write /wxa/undocodeaudit
GET read /wxa/get_qrcode
GET read /wxa/get_category
GET read /wxa/get_page
GET read /wxa/get_latest_auditstatus
POST read /wxa/get_auditstatus
# mini-program miniprogram/dev/api-backend/open-api/plugin-management/pluginManager.applyPlugin.html
POST write /wxa/plugin
POST write /wxa/devplugin
# mini-program miniprogram/dev/wxcloud/reference-http-api/functions/invokeCloudFunction.html
POST write /tcb/invokecloudfunction
# mini-program miniprogram/dev/wxcloud/reference-http-api/database
POST write /tcb/databaseadd
POST write /tcb/databasedelete
POST write /tcb/databaseupdate
POST write /tcb/databasecollectionadd
POST write /tcb/databasecollectiondelete
POST write /tcb/databasemigrateimport
POST write /tcb/databasemigrateexport
POST read /tcb/databasequery
POST read /tcb/databasecount
POST read /tcb/databaseaggregate
POST read /tcb/databasecollectionget
POST read /tcb/databasemigratequeryinfo
POST write /tcb/updateindex
# mini-program miniprogram/dev/wxcloud/reference-http-api/storage/uploadFile.html
POST write /tcb/uploadfile
POST write /tcb/batchdeletefile
POST read /tcb/batchdownloadfile
# mini-program miniprogram/dev/wxcloud/reference-http-api/utils/getQcloudToken.html
POST write /tcb/getqcloudtoken
# mini-program miniprogram/dev/api-backend/open-api/cloudbase/cloudbase.sendSmsV2.html
POST write /tcb/sendsmsv2
# mini-program SDK source
POST read /wxa/business/checkencryptedmsg
POST read /wxaapi/log/get_performance
POST read /wxaapi/log/jserr_list
POST read /wxaapi/log/jserr_detail
POST write /wxa/set_user_storage
POST write /wxa/getpluginopenpid
POST write /wxa/servicemarket
POST write /wxa/setdynamicdata
POST write /wxa/getsnticket

# - SDK source
POST write /cgi-bin/comment/open
POST write /cgi-bin/comment/close
POST write /cgi-bin/comment/markelect
POST write /cgi-bin/comment/unmarkelect
POST write /cgi-bin/comment/delete
POST write /cgi-bin/comment/reply/add
POST write /cgi-bin/comment/reply/delete
POST read /cgi-bin/comment/list
POST write /cv/ocr/idcard
POST write /cv/ocr/bankcard
POST write /cv/ocr/driving
POST write /cv/ocr/drivinglicense
POST write /cv/ocr/bizlicense
POST write /cv/ocr/comm
POST write /cv/ocr/platenum
POST write /cv/img/qrcode
POST write /cv/img/superresolution
POST write /cv/img/aicrop
POST write /cgi-bin/media/voice/addvoicetorecofortext
POST write /cgi-bin/media/voice/translatecontent
POST read /cgi-bin/media/voice/queryrecoresultfortext
POST read /semantic/semproxy/search
POST write /device/authorize_device
POST write /device/bind
POST write /device/unbind
POST write /device/compel_bind
POST write /device/compel_unbind
POST write /device/transmsg
POST write /device/create_qrcode
GET read /device/get_stat
GET read /device/get_openid
GET read /device/get_bind_device
GET write /device/getqrcode
POST read /device/verify_qrcode
# - doc/offiaccount/WeChat_Stores/WeChat_Store_Interface.html
POST write /cgi-bin/poi/addpoi
POST write /cgi-bin/poi/updatepoi
POST write /cgi-bin/poi/delpoi
POST read /cgi-bin/poi/getpoi
POST read /cgi-bin/poi/getpoilist
GET read /cgi-bin/poi/getwxcategory
# - doc/offiaccount/Cards_and_Offer/Managing_Coupons_Vouchers_and_Cards.html
POST write /card/create
POST write /card/update
POST write /card/delete
POST write /card/modifystock
POST write /card/qrcode/create
POST write /card/landingpage/create
POST write /card/testwhitelist/set
POST write /card/paycell/set
POST write /card/selfconsumecell/set
POST write /card/code/consume
POST write /card/code/update
POST write /card/code/unavailable
POST write /card/code/deposit
POST write /card/code/mark
POST read /card/get
POST read /card/batchget
POST read /card/user/getcardlist
POST read /card/code/get
POST read /card/code/decrypt
POST read /card/code/checkcode
POST read /card/code/getdepositcount
POST read /card/mpnews/gethtml
# - doc/offiaccount/Cards_and_Offer/Membership_Cards/Manage_Member_Card.html
POST write /card/membercard/activate
POST write /card/membercard/activateuserform/set
POST write /card/membercard/updateuser
POST read /card/membercard/activate/geturl
POST read /card/membercard/activatetempinfo/get
POST read /card/membercard/userinfo/get
`;

// As paths are compared: none of them ends with a slash.
const COMPARABLE_TABLE = TABLE.toLowerCase();

const MAX_LOOKED_UP = 1_000;
/** Paths as they are compared, those that are not in the catalogue too: they come from callers, so that there may be any number of them. */
const lookedUp = new Map<string, Endpoint | undefined>();

/** Every endpoint of the catalogue, in its order. WeChat has more: a path that is not here works all the same. */
export function listEndpoints(): readonly Endpoint[] {
  return Array.from(TABLE.matchAll(/(?<= )\/.*$/gm), ({ index }) => readRow(index));
}

/** The catalogue's entry for a path in any letter case, with or without slashes at its end; `undefined` for one that it does not have. */
export function endpointOf(path: string): Endpoint | undefined {
  const comparable = comparablePath(path);
  if (lookedUp.has(comparable)) return lookedUp.get(comparable);
  // To read the whole table would take 2 ms of a function's first call.
  const index = comparable.startsWith('/') ? COMPARABLE_TABLE.indexOf(` ${comparable}\n`) : -1;
  const endpoint = index < 0 ? undefined : readRow(index + 1);
  if (lookedUp.size < MAX_LOOKED_UP) lookedUp.set(comparable, endpoint);
  return endpoint;
}

/** Whether a text is one of {@link CATEGORIES}. */
export function isCategory(text: string): text is Category {
  return CATEGORIES.some((category) => category === text);
}

/** @param index where the row's path begins in the table */
function readRow(index: number): Endpoint {
  const [method, effect, path = ''] = lineAt(TABLE.lastIndexOf('\n', index) + 1).split(' ');
  const [, named = '', ...source] = lineAt(TABLE.lastIndexOf('\n# ', index) + 1).split(' ');
  const category = isCategory(named) ? named : undefined;
  const isRow = (method === 'GET' || method === 'POST') && (effect === 'read' || effect === 'write');
  if (!isRow || (category === undefined && named !== '-')) throw new Error(`endpoint table: bad row: ${path}`);
  return { path, method, category, safeToRepeat: effect === 'read', source: source.join(' ') };
}

function lineAt(start: number): string {
  return TABLE.slice(start, TABLE.indexOf('\n', start));
}
