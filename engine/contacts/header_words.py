"""The fields of a contact, and the headers under which Apollo, HubSpot, Salesforce and Chinese lists keep them."""

from collections.abc import Mapping

from engine.contacts.cells import word_set

# Headers are compared without case, spaces and punctuation.
_HEADERS: Mapping[str, str] = {
    "first_name": "firstname givenname forename vorname 名 名字",
    "last_name": "lastname surname familyname nachname 姓 姓氏",
    "full_name": "name fullname contactname leadname contact 姓名 联系人 联系人姓名 客户姓名 聯絡人",
    "title": "title jobtitle position jobposition 职位 职务 岗位 职称 職位 職稱",
    "seniority": "seniority managementlevel 级别 职级",
    "department": "department departments 部门 部門",
    "company": """company companyname accountname account associatedcompany organization organisation employer firma
        unternehmen 公司 公司名称 公司名 单位 单位名称 企业 企业名称 公司名稱""",
    "domain": "domain companydomain companydomainname emaildomain 域名",
    "website": "website companywebsite websiteurl companyurl homepage webseite 网站 网址 官网 公司网站",
    "industry": "industry branche 行业 所属行业 行業",
    "employees": """employees numberofemployees noofemployees companysize headcount employeecount 员工数 员工人数 人数
        规模 公司规模""",
    "city": "city mailingcity contactcity ort stadt town 城市 所在城市 市",
    "region": """state stateregion stateprovince province region mailingstate mailingstateprovince contactstate
        bundesland county 省份 省 所在省份 省市 地区""",
    "country": "country countryregion mailingcountry contactcountry countrycode land 国家 国家地区 國家",
    "locale": "locale language preferredlanguage contactlanguage sprache 语言",
    "email": """email emails emailaddress emailaddresses workemail businessemail primaryemail secondaryemail
        personalemail alternateemail otheremail additionalemailaddresses mail emailid 邮箱 电子邮箱 邮箱地址 邮件
        邮件地址 工作邮箱 电子邮件 電子郵件 邮箱号""",
    "email_status": "emailstatus emailquality emailverificationstatus emailverification 邮箱状态",
    "phone_direct": "workdirectphone directphone directdial directline directnumber 直线 直线电话",
    "phone_mobile": """mobilephone mobile mobilephonenumber mobilenumber cell cellphone cellphonenumber handy
        mobiltelefon 手机 手机号 手机号码 移动电话 手機""",
    "phone_corporate": """corporatephone companyphone companyphonenumber hqphone accountphone mainphone switchboard 总机
        公司电话""",
    "phone": """phone phonenumber phones telephone telephonenumber tel workphone businessphone otherphone homephone
        telefon telefonnummer 电话 电话号码 联系电话 联系方式 座机 固定电话 固话 電話""",
    "wechat_id": "wechat wechatid weixin 微信 微信号 微信id 微信號",
    "linkedin_url": "personlinkedinurl linkedinurl linkedin linkedinprofile linkedinprofileurl contactlinkedinurl 领英",
    "zone": "timezone zone tz zeitzone contacttimezone 时区",
    "stage": """stage leadstatus status contactstage contactstatus leadstage 阶段 状态 线索状态 客户状态 跟进状态
        客户阶段""",
    "owner": """owner contactowner leadowner accountowner hubspotowner ownername assignedto 负责人 所有人 跟进人 归属人
        销售 销售负责人""",
    "source": """source leadsource originalsource originaltrafficsource contactsource 来源 线索来源 客户来源 渠道
        来源渠道""",
    "source_id": """recordid recordidcontact contactrecordid id leadid contactid apollocontactid externalid 编号 线索id
        线索编号 客户编号""",
    "message": "message notes note comments comment remark remarks description 备注 留言 说明 需求 备注信息 備註",
    "received_at": """createdate createddate createdat creationdate submittedat receivedat received 留资时间 留资日期
        创建时间 创建日期 提交时间 录入时间 登记时间""",
    "no_email": """unsubscribedfromallemail unsubscribed unsubscribe emailoptout hasoptedoutofemail optedoutofemail
        optedoutofallemail emailunsubscribed 退订 邮件退订 是否退订 已退订""",
    "no_phone": "donotcall phoneoptout 请勿致电 勿电",
    "no_contact": "donotcontact dnc optout optedout 勿扰 免打扰 请勿联系 请勿打扰 黑名单",
    "consent": "consent optin optedin marketingconsent marketingoptin consentchannels 同意 是否同意 营销同意",
    "consent_at": """consentat consentdate consenttime consentedat optinat optindate optintime optintimestamp 同意时间
        同意日期""",
    "consent_source": "consentsource consentproof optinsource 同意来源 同意凭证",
    "lists": "lists list tags tag labels 标签 列表 名单",
}

IGNORED = "ignore"
FIELDS = frozenset(_HEADERS) | {IGNORED}
PHONE_KINDS: Mapping[str, str] = {
    "phone_mobile": "mobile",
    "phone_direct": "direct",
    "phone": "other",
    "phone_corporate": "corporate",
}
OPT_OUT_FIELDS: Mapping[str, str] = {"no_email": "email", "no_phone": "phone", "no_contact": "any"}
IDENTIFYING = frozenset({"first_name", "last_name", "full_name", "email", "wechat_id", "linkedin_url", *PHONE_KINDS})

FIELD_OF_HEADER: Mapping[str, str] = {word: field for field, words in _HEADERS.items() for word in words.split()}

# So many of these headers tell whose export it is.
SIGNATURE_SIZE = 2
SIGNATURES: Mapping[str, frozenset[str]] = {
    "apollo": word_set(
        "emailstatus personlinkedinurl companynameforemails workdirectphone corporatephone apollocontactid"
    ),
    "hubspot": word_set("""recordid recordidcontact contactowner leadstatus lifecyclestage
        associatedcompany originalsource unsubscribedfromallemail"""),
    "salesforce": word_set("""accountname leadsource leadowner accountowner leadid contactid emailoptout
        donotcall mailingcity mailingstate mailingstateprovince mailingcountry businessphone"""),
}
