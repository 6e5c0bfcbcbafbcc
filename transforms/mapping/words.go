package mapping

// word leads from what a header says to a canonical field. Parts are compared after folding:
// without case, blanks, underscores, accents and width.
type word struct {
	field  string
	exact  []string // the whole header
	within []string // a part of it
}

// words are tried in order: the first that fits wins. English and Chinese headers of exports.
var words = []word{
	{"id.unionid", []string{"unionid"}, nil},
	{"id.openid", []string{"openid"}, nil},
	{"id.loyalty", nil, []string{"membercard", "memberno", "loyaltyid", "会员卡", "会员号", "会员编号"}},
	{"order_no", nil, []string{"orderno", "ordernumber", "orderid", "订单号", "订单编号", "单号"}},
	{"customer_ref", nil, []string{"customerid", "customerno", "buyerid", "userid", "memberid", "contactid", "accountid", "买家id", "客户编号", "客户id", "用户id", "用户编号"}},
	{"phone", nil, []string{"phone", "mobile", "telephone", "手机", "电话", "联系方式"}},
	{"email", nil, []string{"email", "e-mail", "邮箱", "电子邮件"}},
	{"birth_date", nil, []string{"birth", "dob", "生日", "出生"}},
	{"gender", []string{"sex", "gender", "性别"}, []string{"gender", "性别"}},
	{"given_name", []string{"名"}, []string{"firstname", "givenname"}},
	{"family_name", []string{"姓"}, []string{"lastname", "surname", "familyname"}},
	{"company", nil, []string{"company", "organization", "organisation", "公司", "企业", "单位名称"}},
	{"product", []string{"product", "item", "商品", "产品"}, []string{"productname", "itemname", "商品名称", "商品标题", "宝贝标题"}},
	{"sku", []string{"sku"}, []string{"skucode", "商品编码", "货号"}},
	{"full_name", []string{"name", "fullname", "contact", "姓名", "客户", "联系人"}, []string{"fullname", "customername", "contactname", "buyername", "姓名", "客户名称", "联系人", "收货人"}},
	{"street", nil, []string{"street", "address", "地址"}},
	{"district", []string{"区"}, []string{"district", "区县"}},
	{"city", []string{"市"}, []string{"city", "town", "城市"}},
	{"province", []string{"省"}, []string{"province", "state", "省份"}},
	{"postcode", nil, []string{"postcode", "postalcode", "zip", "邮编"}},
	{"country", nil, []string{"country", "国家"}},
	{"updated_at", nil, []string{"updated", "modified", "lastmodified", "更新时间", "修改时间"}},
	{"registered_at", nil, []string{"created", "registered", "signup", "注册时间", "创建时间", "建档时间"}},
	{"time", nil, []string{"paidat", "paymenttime", "orderdate", "ordertime", "purchasedate", "付款时间", "支付时间", "下单时间", "成交时间", "date", "time", "日期", "时间"}},
	{"status", nil, []string{"status", "状态"}},
	{"refund", nil, []string{"refund", "退款"}},
	{"shipping", nil, []string{"shipping", "freight", "postage", "运费", "邮费"}},
	{"discount", nil, []string{"discount", "优惠", "折扣"}},
	{"tax", []string{"tax"}, []string{"taxamount", "税额"}},
	{"net", nil, []string{"netamount", "paidamount", "实付", "实收", "到账"}},
	{"gross", nil, []string{"amount", "total", "revenue", "sales", "金额", "总价", "价款"}},
	{"quantity", nil, []string{"quantity", "qty", "数量", "件数"}},
	{"unit_price", nil, []string{"unitprice", "price", "单价", "价格"}},
	{"currency", nil, []string{"currency", "币种", "货币"}},
	{"channel", nil, []string{"channel", "source", "渠道", "来源"}},
	{"campaign_id", nil, []string{"campaign", "活动"}},
	{"language", nil, []string{"language", "语言"}},
	{"industry", nil, []string{"industry", "行业"}},
	{"occupation", nil, []string{"occupation", "jobtitle", "职业", "职位", "职务"}},
	{"owner", nil, []string{"owner", "salesrep", "负责人", "跟进人", "销售员"}},
	{"tier", nil, []string{"tier", "level", "等级", "级别"}},
	{"row_id", []string{"id", "uid", "no", "code", "编号", "序号", "主键"}, []string{"recordid", "rowid", "recid"}},
}
