package demo

import "strings"

// The files, in the order in which they are listed. Orders of Taobao are one pair of files for
// each month.
const (
	fileAccounts = iota
	fileContacts
	fileLeads
	fileOpportunities
	fileKNA1
	fileVBAK
	fileVBAP
	fileVBRK
	fileShopify
	fileZendeskUsers
	fileZendeskTickets
	fileWeCom
	fileSurvey
	fileCards
	fileCosts
	fileConsents
	fileSends
	fileWeb
	fileSuppression
	truthIdentity
	truthAccounts
	truthTags
	truthFuture
	truthRelations
	truthLinks
	truthChurn
	fileTaobao // and all behind it: list, lines, list, lines ...
)

// exportFile is one file of the company.
type exportFile struct {
	path    string // %d: number of the part, for files that are cut by size
	header  string
	newline string
	gbk     bool
}

type fileSet struct {
	list       []exportFile
	firstMonth int // year*12 + month-1 of the first pair of Taobao files
}

const (
	lf   = "\n"
	crlf = "\r\n"
)

// The headers, in the systems' own order.
const (
	accountHeader = `Id,IsDeleted,MasterRecordId,Name,Type,ParentId,BillingStreet,BillingCity,BillingState,BillingPostalCode,BillingCountry,Phone,Website,Industry,AnnualRevenue,NumberOfEmployees,Description,CurrencyIsoCode,OwnerId,CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,SystemModstamp,LastActivityDate,AccountSource,IsPersonAccount,PersonContactId,FirstName,LastName,PersonEmail,PersonMobilePhone,Tier__c`
	contactHeader = `Id,IsDeleted,MasterRecordId,AccountId,IsPersonAccount,LastName,FirstName,Salutation,MailingStreet,MailingCity,MailingState,MailingPostalCode,MailingCountry,Phone,MobilePhone,Email,Title,Department,LeadSource,Birthdate,Description,CurrencyIsoCode,OwnerId,HasOptedOutOfEmail,DoNotCall,CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,SystemModstamp,LastActivityDate,EmailBouncedReason,EmailBouncedDate,Loyalty_Card__c`
	leadHeader    = `Id,IsDeleted,MasterRecordId,LastName,FirstName,Salutation,Title,Company,Street,City,State,PostalCode,Country,Phone,MobilePhone,Email,Website,LeadSource,Status,Rating,CurrencyIsoCode,OwnerId,HasOptedOutOfEmail,IsConverted,ConvertedDate,ConvertedAccountId,ConvertedContactId,ConvertedOpportunityId,CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,SystemModstamp,utm_campaign__c`
	dealHeader    = `Id,IsDeleted,AccountId,IsPrivate,Name,Description,StageName,StageSortOrder,Amount,Probability,ExpectedRevenue,TotalOpportunityQuantity,CloseDate,Type,NextStep,LeadSource,IsClosed,IsWon,ForecastCategory,ForecastCategoryName,CurrencyIsoCode,CampaignId,HasOpportunityLineItem,Pricebook2Id,OwnerId,CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,SystemModstamp,LastActivityDate,LastStageChangeDate,FiscalYear,FiscalQuarter,ContactId,Loss_Reason__c`
	shopifyHeader = `Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References`
	taobaoHeader  = `订单编号,买家会员名,买家支付宝账号,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,买家实际支付金额,买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址,运送方式,联系电话,联系手机,订单创建时间,订单付款时间,宝贝标题,宝贝种类,物流单号,物流公司,订单备注,宝贝总数量,分销商Id,分销商店铺名称,订单关闭原因,卖家服务费,买家服务费,发票抬头,定金排名,修改后的sku,修改后的收货地址,异常信息,卡券抵扣,积分抵扣,是否是O2O交易,退款金额`
	linesHeader   = `订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码`
	kna1Header    = "MANDT\tKUNNR\tLAND1\tNAME1\tNAME2\tORT01\tPSTLZ\tREGIO\tSTRAS\tTELF1\tTELF2\tSTCEG\tKTOKD\tANRED\tSPRAS\tERDAT\tAUFSD\tLOEVM\tSTKZN\tXCPDK\tSMTP_ADDR\tGBDAT"
	vbakHeader    = "MANDT\tVBELN\tERDAT\tAUART\tKUNNR\tVKORG\tVTWEG\tSPART\tNETWR\tWAERK\tBSTNK"
	vbapHeader    = "MANDT\tVBELN\tPOSNR\tMATNR\tARKTX\tKWMENG\tVRKME\tNETWR\tWAERK\tABGRU"
	vbrkHeader    = "MANDT\tVBELN\tFKART\tFKDAT\tKUNAG\tKUNRG\tNETWR\tWAERK\tKURRF\tFKSTO\tSFAKN\tXBLNR"
	surveyHeader  = `序号,提交答卷时间,所用时间,来源,来源详情,来自IP,1、您的手机号码是？,2、您对哪些方向感兴趣？,3、您有多大可能推荐我们(0-10)？`
)

func newFileSet(asOf int) fileSet {
	s := fileSet{list: []exportFile{
		fileAccounts:       {"exports/salesforce/Account.csv", quoted(accountHeader), lf, false},
		fileContacts:       {"exports/salesforce/Contact.csv", quoted(contactHeader), lf, false},
		fileLeads:          {"exports/salesforce/Lead.csv", quoted(leadHeader), lf, false},
		fileOpportunities:  {"exports/salesforce/Opportunity.csv", quoted(dealHeader), lf, false},
		fileKNA1:           {"exports/sap/KNA1.txt", kna1Header, lf, false},
		fileVBAK:           {"exports/sap/VBAK_%d.txt", vbakHeader, lf, false},
		fileVBAP:           {"exports/sap/VBAP_%d.txt", vbapHeader, lf, false},
		fileVBRK:           {"exports/sap/VBRK_%d.txt", vbrkHeader, lf, false},
		fileShopify:        {"exports/shopify/orders_export_%d.csv", shopifyHeader, lf, false},
		fileZendeskUsers:   {"exports/zendesk/users_%d.ndjson", "", lf, false},
		fileZendeskTickets: {"exports/zendesk/tickets_%d.ndjson", "", lf, false},
		fileWeCom:          {"exports/wecom/external_contacts.json", "", lf, false},
		fileSurvey:         {"exports/wjx/survey.csv", surveyHeader, crlf, true},
		fileCards:          {"exports/loyalty/cards.csv", "card_no,name,phone,tier,points,joined", lf, false},
		fileCosts:          {"exports/ads/ad_costs.csv", "date,platform,campaign_id,campaign_name,cost,currency,impressions,clicks", lf, false},
		fileConsents:       {"exports/consents/consents.csv", "identifier_type,identifier,purpose,channel,status,time,source", lf, false},
		fileSends:          {"exports/campaigns/autumn_home.csv", "send_id,contact_id,campaign_id,channel,sent_at,wave,test_group,delivered,opened,clicked", lf, false},
		fileWeb:            {"exports/web/ga4_events_%d.csv", "event_timestamp,event_name,user_pseudo_id,user_id,ga_session_id,page_location,device_category,source,campaign,search_term,item_name", lf, false},
		fileSuppression:    {"suppression.csv", "identifier_type,identifier,channel,reason,since", lf, false},
		truthIdentity:      {"truth/identity.csv", "source,source_id,entity_id,object", lf, false},
		truthAccounts:      {"truth/accounts.csv", "source,source_id,entity_id,object", lf, false},
		truthTags:          {"truth/identity_tags.csv", "source,source_id,object,tags", lf, false},
		truthFuture:        {"truth/future_orders.csv", "entity_id,ordered_on,currency,net,refund", lf, false},
		truthRelations:     {"truth/relations.csv", "relation,from_entity,to_entity", lf, false},
		truthLinks:         {"truth/order_links.csv", "primary_source,primary_order_id,source,object,order_id", lf, false},
		truthChurn:         {"truth/churn.csv", "entity_id,last_order_on,churned,reason", lf, false},
	}}
	y, m, _ := civil(asOf - pastDays)
	s.firstMonth = y*12 + m - 1
	y, m, _ = civil(asOf)
	for month := s.firstMonth; month <= y*12+m-1; month++ {
		stamp := padded(uint64(month/12), 4) + padded(uint64(month%12+1), 2)
		s.list = append(s.list,
			exportFile{"exports/tmall/ExportOrderList" + stamp + ".csv", taobaoHeader, crlf, true},
			exportFile{"exports/tmall/ExportOrderDetailList" + stamp + ".csv", linesHeader, crlf, true})
	}
	return s
}

// taobao are the files of the list and of the lines of the orders of a day.
func (s *fileSet) taobao(day int) (list, lines int) {
	y, m, _ := civil(day)
	i := fileTaobao + 2*(y*12+m-1-s.firstMonth)
	return i, i + 1
}

func quoted(header string) string { return `"` + strings.ReplaceAll(header, ",", `","`) + `"` }
