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

// "# category source", then its calls: method, "read" or "write", what their paths begin with, how each goes on. A write is whatever is not safe
// to repeat. Paths as WxJava, silenceper/wechat and wechatpy have them, pages as they or WeChat's own name them.
const TABLE = `
# - doc/service/api/base/api_getstableaccesstoken
POST write /cgi-bin/ stable_token
# - doc/service/api/base/api_getaccesstoken
GET write /cgi-bin/ token
# - doc/channels/api/basic/api_getapidomainip
GET read /cgi-bin/ get_api_domain_ip
# - doc/service/api/base/api_getcallbackip
GET read /cgi-bin/ getcallbackip
# - doc/service/openApi/clear_quota.html
POST write /cgi-bin/ clear_quota clear_quota/v2
# - doc/subscription/api/apimanage/api_clearapiquota
POST write /cgi-bin/ openapi/quota/clear
# - doc/service/api/apimanage/api_getapiquota
POST read /cgi-bin/ openapi/quota/get
# - miniprogram/dev/OpenApiDoc/openApi-mgnt/getRidInfo.html
POST read /cgi-bin/ openapi/rid/get
# - doc/offiaccount/OA_Web_Apps/JS-SDK.html
GET read /cgi-bin/ ticket/getticket
# - doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
GET read /sns/ userinfo auth
GET write /sns/oauth2/ access_token refresh_token
# - miniprogram/dev/api-backend/open-api/login/auth.code2Session.html
GET write /sns/ jscode2session
# - SDK source
POST read /cgi-bin/ callback/check
POST write /cgi-bin/component/ api_component_token api_create_preauthcode api_query_auth api_authorizer_token api_start_push_ticket clear_quota/v2
POST write /cgi-bin/component/ set_authorizer_option
POST read /cgi-bin/component/ api_get_authorizer_info api_get_authorizer_list get_authorizer_option api_get_authorizer_option
GET write /sns/ component/jscode2session oauth2/component/access_token oauth2/component/refresh_token

# messages doc/offiaccount/Message_Management/Service_Center_messages.html
POST write /cgi-bin/message/custom/ send typing
GET read /cgi-bin/customservice/ getkflist getonlinekflist
POST write /customservice/kfaccount/ add update inviteworker uploadheadimg
GET write /customservice/kfaccount/ del
# messages doc/offiaccount/Customer_Service/Session_control.html
POST write /customservice/kfsession/ create close
GET read /customservice/kfsession/ getsession getsessionlist getwaitcase
# messages doc/offiaccount/Customer_Service/Obtain_chat_transcript.html
POST read /customservice/msgrecord/ getmsglist
# messages doc/offiaccount/Message_Management/Batch_Sends_and_Originality_Checks.html
POST write /cgi-bin/message/mass/ sendall send delete preview speed/set
POST read /cgi-bin/message/mass/ get speed/get
# messages doc/offiaccount/Message_Management/Template_Message_Interface.html
POST write /cgi-bin/ message/template/send template/api_set_industry template/api_add_template template/del_private_template
GET read /cgi-bin/template/ get_industry get_all_private_template
POST write /cgi-bin/message/template/ subscribe
# messages doc/offiaccount/Subscription_Messages/api.html
POST write /cgi-bin/message/subscribe/ bizsend
POST write /wxaapi/newtmpl/ addtemplate deltemplate
GET read /wxaapi/newtmpl/ getcategory getpubtemplatekeywords getpubtemplatetitles gettemplate
# messages doc/offiaccount/Message_Management/Getting_Rules_for_Auto_Replies.html
GET read /cgi-bin/ get_current_autoreply_info
# messages miniprogram/dev/api-backend/open-api/subscribe-message/subscribeMessage.send.html
POST write /cgi-bin/message/subscribe/ send
# messages miniprogram/dev/api-backend/open-api/uniform-message/uniformMessage.send.html
POST write /cgi-bin/message/wxopen/template/ uniform_send
# messages miniprogram/dev/api-backend/open-api/updatable-message/updatableMessage.setUpdatableMsg.html
GET write /cgi-bin/message/wxopen/ activityid/create
POST write /cgi-bin/message/wxopen/ updatablemsg/send
# messages SDK source
POST write /cgi-bin/message/ device/subscribe/send wxopen/template/send

# users doc/offiaccount/User_Management/Getting_a_User_List.html
GET read /cgi-bin/user/ get
# users doc/offiaccount/User_Management/Get_users_basic_information_UnionID.html
GET read /cgi-bin/user/ info
POST read /cgi-bin/user/info/ batchget
# users SDK source
POST write /cgi-bin/user/info/ updateremark
POST read /cgi-bin/ changeopenid
# users doc/offiaccount/User_Management/Manage_blacklist.html
POST read /cgi-bin/tags/members/ getblacklist
POST write /cgi-bin/tags/members/ batchblacklist batchunblacklist
# tags doc/offiaccount/User_Management/User_Tag_Management.html
POST write /cgi-bin/tags/ create update delete members/batchtagging members/batchuntagging
GET read /cgi-bin/tags/ get
POST read /cgi-bin/ tags/getidlist user/tag/get
# tags SDK source
POST write /cgi-bin/groups/ create update delete members/update members/batchupdate
GET read /cgi-bin/groups/ get
POST read /cgi-bin/groups/ getid

# menus doc/offiaccount/Custom_Menus/Creating_Custom-Defined_Menu.html
POST write /cgi-bin/menu/ create
GET read /cgi-bin/ menu/get get_current_selfmenu_info
GET write /cgi-bin/menu/ delete
# menus doc/offiaccount/Custom_Menus/Personalized_menu_interface.html
POST write /cgi-bin/menu/ addconditional delconditional
POST read /cgi-bin/menu/ trymatch

# materials doc/offiaccount/Asset_Management/New_temporary_materials.html
POST write /cgi-bin/media/ upload
# materials doc/offiaccount/Asset_Management/Get_temporary_materials.html
GET read /cgi-bin/media/ get get/jssdk
# materials doc/offiaccount/Asset_Management/Adding_Permanent_Assets.html
POST write /cgi-bin/ material/add_material material/add_news material/update_news material/del_material media/uploadimg
POST read /cgi-bin/material/ get_material
# materials doc/offiaccount/Asset_Management/Get_materials_list.html
POST read /cgi-bin/material/ batchget_material
GET read /cgi-bin/material/ get_materialcount
# materials doc/offiaccount/Message_Management/Batch_Sends_and_Originality_Checks.html
POST write /cgi-bin/media/ uploadnews uploadvideo
# materials doc/offiaccount/Draft_Box/Add_draft.html
POST write /cgi-bin/draft/ add update delete
POST read /cgi-bin/draft/ get batchget
GET read /cgi-bin/draft/ count
# materials doc/offiaccount/Publish/Publish.html
POST write /cgi-bin/freepublish/ submit delete
POST read /cgi-bin/freepublish/ get getarticle batchget

# qr-codes doc/offiaccount/Account_Management/Generating_a_Parametric_QR_Code.html
POST write /cgi-bin/qrcode/ create
# qr-codes doc/offiaccount/Account_Management/KEY_Shortener.html
POST write /cgi-bin/shorten/ gen
POST read /cgi-bin/shorten/ fetch
# qr-codes doc/offiaccount/Account_Management/URL_Shortener.html
POST write /cgi-bin/ shorturl
# qr-codes miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getUnlimitedQRCode.html
POST read /wxa/ getwxacodeunlimit
# qr-codes miniprogram/dev/OpenApiDoc/qrcode-link/qr-code/getQRCode.html
POST write / wxa/getwxacode cgi-bin/wxaapp/createwxaqrcode

# data doc/offiaccount/Analytics/User_Analysis_Data_Interface.html
POST read /datacube/ getusersummary getusercumulate
# data doc/offiaccount/Analytics/Graphic_Analysis_Data_Interface.html
POST read /datacube/ getarticlesummary getarticletotal getuserread getuserreadhour getusershare getusersharehour
# data doc/offiaccount/Analytics/Message_analysis_data_interface.html
POST read /datacube/getupstreammsg dist distmonth distweek hour month week
POST read /datacube/ getupstreammsg
# data doc/offiaccount/Analytics/Analytics_API.html
POST read /datacube/ getinterfacesummary getinterfacesummaryhour
# data SDK source
POST read /datacube/getweanalysisappid dailyretaininfo dailysummarytrend dailyvisittrend monthlyretaininfo monthlyvisittrend userportrait
POST read /datacube/getweanalysisappid visitdistribution visitpage weeklyretaininfo weeklyvisittrend

# mini-program miniprogram/dev/api-backend/open-api/url-scheme/urlscheme.generate.html
POST write /wxa/ generatescheme generatenfcscheme
POST read /wxa/ queryscheme
# mini-program miniprogram/dev/api-backend/open-api/url-link/urllink.generate.html
POST write /wxa/ generate_urllink
POST read /wxa/ query_urllink
# mini-program miniprogram/dev/api-backend/open-api/short-link/shortlink.generate.html
POST write /wxa/ genwxashortlink
# mini-program miniprogram/dev/api-backend/open-api/sec-check/security.msgSecCheck.html
POST read /wxa/ msg_sec_check img_sec_check
POST write /wxa/ media_check_async
# mini-program miniprogram/dev/OpenApiDoc/user-info/phone-number/getPhoneNumber.html
POST write /wxa/business/ getuserphonenumber
# mini-program miniprogram/dev/api-backend/open-api/user-info/auth.getPaidUnionId.html
GET read /wxa/ getpaidunionid
# mini-program miniprogram/dev/api-backend/open-api/internet/internet.getUserEncryptKey.html
POST read /wxa/business/ getuserencryptkey
# mini-program miniprogram/dev/api-backend/open-api/safety-control-capability/riskControl.getUserRiskRank.html
POST read /wxa/ getuserriskrank
# mini-program miniprogram/dev/api-backend/open-api/soter/soter.verifySignature.html
POST read /cgi-bin/soter/ verify_signature
# mini-program miniprogram/dev/platform-capabilities/business-capabilities/order-shipping/order-shipping.html
POST write /wxa/sec/order/ upload_shipping_info upload_combined_shipping_info notify_confirm_receive set_msg_jump_path opspecialorder
POST read /wxa/sec/order/ get_order get_order_list is_trade_managed is_trade_management_confirmation_completed
# mini-program miniprogram/dev/platform-capabilities/business-capabilities/order_center/order_center.html
POST write /wxa/sec/order/ update_order_detail_path
POST read /wxa/sec/order/ get_order_detail_path
# mini-program miniprogram/dev/platform-capabilities/industry/mini-drama/mini_drama.html
POST write /wxa/sec/vod/ singlefileupload pullupload applyupload uploadpart commitupload deletemedia auditdrama
POST read /wxa/sec/vod/ gettask listmedia getmedia getmedialink listdramas getdrama getcdnusagedata getcdnlogs
# mini-program miniprogram/dev/api-backend/open-api/express/by-business/logistics.addOrder.html
POST write /cgi-bin/express/business/ account/bind order/add order/cancel printer/update test_update_order
GET read /cgi-bin/express/business/ account/getall delivery/getall printer/getall
POST read /cgi-bin/express/business/ order/get order/batchget path/get quota/get
# mini-program miniprogram/dev/platform-capabilities/industry/express/express_open_msg.html
POST write /cgi-bin/express/delivery/open_msg/ trace_waybill follow_waybill update_waybill_goods
POST read /cgi-bin/express/delivery/open_msg/ query_trace query_follow_trace get_delivery_list
# mini-program miniprogram/dev/platform-capabilities/industry/express/business/express_sale_return.html
POST write /cgi-bin/express/delivery/return/ add unbind
POST read /cgi-bin/express/delivery/return/ get
# mini-program miniprogram/dev/platform-capabilities/industry/express/business/intracity_service.html
POST write /cgi-bin/express/intracity/ apply createstore updatestore storecharge storerefund addorder cancelorder setpaymode
POST read /cgi-bin/express/intracity/ querystore queryflow balancequery preaddorder queryorder getcity getpaymode
# mini-program miniprogram/dev/api-backend/open-api/immediate-delivery/by-business/immediateDelivery.addOrder.html
POST write /cgi-bin/express/local/business/ order/add order/readd order/cancel order/addtips order/confirm_return test_update_order
POST read /cgi-bin/express/local/business/ order/pre_add order/precancel order/get delivery/getall shop/get
# mini-program doc/oplatform/Third-party_Platforms/Mini_Programs/live_player/studio-api.html
POST write /wxaapi/broadcast/room/ create editroom deleteroom addgoods addassistant modifyassistant removeassistant addsubanchor
POST write /wxaapi/broadcast/room/ modifysubanchor deletesubanchor updatefeedpublic updatereplay updatekf updatecomment
GET read /wxaapi/broadcast/room/ getpushurl getsharedcode getassistantlist getsubanchor
POST write /wxaapi/broadcast/goods/ add audit resetaudit update delete deleteInRoom onsale push sort setkey
GET read /wxaapi/broadcast/goods/ getapproved getkey
POST read / wxaapi/broadcast/goods/getVideo wxa/business/getliveinfo wxa/business/getgoodswarehouse
POST write /wxaapi/broadcast/role/ addrole deleterole
GET read /wxaapi/broadcast/role/ getrolelist
# mini-program doc/oplatform/Third-party_Platforms/2.0/api/code/commit.html
POST write /wxa/ commit submit_audit release modify_domain setwebviewdomain change_visitstatus bind_tester unbind_tester
GET write /wxa/ revertcoderelease undocodeaudit
GET read /wxa/ get_qrcode get_category get_page get_latest_auditstatus
POST read /wxa/ get_auditstatus
# mini-program miniprogram/dev/api-backend/open-api/plugin-management/pluginManager.applyPlugin.html
POST write /wxa/ plugin devplugin
# mini-program miniprogram/dev/wxcloud/reference-http-api/functions/invokeCloudFunction.html
POST write /tcb/ invokecloudfunction
# mini-program miniprogram/dev/wxcloud/reference-http-api/database
POST write /tcb/database add delete update collectionadd collectiondelete migrateimport migrateexport
POST read /tcb/database query count aggregate collectionget migratequeryinfo
POST write /tcb/ updateindex
# mini-program miniprogram/dev/wxcloud/reference-http-api/storage/uploadFile.html
POST write /tcb/ uploadfile batchdeletefile
POST read /tcb/ batchdownloadfile
# mini-program miniprogram/dev/wxcloud/reference-http-api/utils/getQcloudToken.html
POST write /tcb/ getqcloudtoken
# mini-program miniprogram/dev/api-backend/open-api/cloudbase/cloudbase.sendSmsV2.html
POST write /tcb/ sendsmsv2
# mini-program SDK source
POST read /wxa/business/ checkencryptedmsg
POST read /wxaapi/log/ get_performance jserr_list jserr_detail
POST write /wxa/ set_user_storage getpluginopenpid servicemarket setdynamicdata getsnticket

# - SDK source
POST write /cgi-bin/comment/ open close markelect unmarkelect delete reply/add reply/delete
POST read /cgi-bin/comment/ list
POST write /cv/ocr/ idcard bankcard driving drivinglicense bizlicense comm platenum
POST write /cv/img/ qrcode superresolution aicrop
POST write /cgi-bin/media/voice/ addvoicetorecofortext translatecontent
POST read /cgi-bin/media/voice/ queryrecoresultfortext
POST read /semantic/semproxy/ search
POST write /device/ authorize_device bind unbind compel_bind compel_unbind transmsg create_qrcode
GET read /device/ get_stat get_openid get_bind_device
GET write /device/ getqrcode
POST read /device/ verify_qrcode
# - doc/offiaccount/WeChat_Stores/WeChat_Store_Interface.html
POST write /cgi-bin/poi/ addpoi updatepoi delpoi
POST read /cgi-bin/poi/ getpoi getpoilist
GET read /cgi-bin/poi/ getwxcategory
# - doc/offiaccount/Cards_and_Offer/Managing_Coupons_Vouchers_and_Cards.html
POST write /card/ create update delete modifystock qrcode/create landingpage/create testwhitelist/set paycell/set selfconsumecell/set
POST write /card/code/ consume update unavailable deposit mark
POST read /card/ get batchget user/getcardlist code/get code/decrypt code/checkcode code/getdepositcount mpnews/gethtml
# - doc/offiaccount/Cards_and_Offer/Membership_Cards/Manage_Member_Card.html
POST write /card/membercard/ activate activateuserform/set updateuser
POST read /card/membercard/ activate/geturl activatetempinfo/get userinfo/get
`;

let endpoints: ReadonlyMap<string, Endpoint> | undefined;

/** Every endpoint of the catalogue, in its order. WeChat has more: a path that is not here works all the same. */
export function listEndpoints(): readonly Endpoint[] {
  return parseTable();
}

/** The catalogue's entry for a path in any letter case, with or without slashes at its end; `undefined` for one that it does not have. */
export function endpointOf(path: string): Endpoint | undefined {
  // None of them ends with a slash.
  endpoints ??= new Map(parseTable().map((endpoint) => [comparablePath(endpoint.path), endpoint]));
  return endpoints.get(comparablePath(path));
}

/** Whether a text is one of {@link CATEGORIES}. */
export function isCategory(text: string): text is Category {
  return CATEGORIES.some((category) => category === text);
}

function parseTable(): Endpoint[] {
  return TABLE.split('\n# ').slice(1).flatMap(parseSection);
}

function parseSection(section: string): Endpoint[] {
  const [head = '', ...rows] = section.trim().split('\n');
  const space = head.indexOf(' ');
  const named = head.slice(0, space);
  const category = isCategory(named) ? named : undefined;
  if (category === undefined && named !== '-') throw new Error(`endpoint table: no such category: ${head}`);
  return rows.flatMap((row) => parseRow(row, category, head.slice(space + 1)));
}

function parseRow(row: string, category: Category | undefined, source: string): Endpoint[] {
  const [method, effect, base = '', ...names] = row.split(' ');
  if ((method !== 'GET' && method !== 'POST') || (effect !== 'read' && effect !== 'write') || names.length === 0) {
    throw new Error(`endpoint table: bad row: ${row}`);
  }
  return names.map((name) => ({ path: base + name, method, category, safeToRepeat: effect === 'read', source }));
}
