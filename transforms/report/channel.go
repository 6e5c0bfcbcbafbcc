package report

import (
	"sort"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// Groups of channels.
const (
	GroupShop        = "shop"
	GroupSocial      = "social"
	GroupAdvertising = "advertising"
	GroupDirect      = "direct"
	GroupPartner     = "partner"
	GroupService     = "service"
	GroupStore       = "store"
	GroupOther       = "other"
)

// channelWords places a channel by a word of its name; the first that is found counts, so
// what is paid comes before the platform that it is paid to.
var channelWords = []struct {
	group string
	words []string
}{
	{GroupAdvertising, []string{
		"paid", "ads", "adwords", "cpc", "ppc", "sem", "display", "retarget", "lead_ad", "lead ad", "oceanengine",
		"tencent_leads", "google_ads", "programmatic", "推广", "广告", "信息流", "竞价", "直通车",
	}},
	{GroupPartner, []string{"partner", "dealer", "affiliate", "distributor", "reseller", "wholesale", "经销", "分销", "代理", "渠道商"}},
	{GroupStore, []string{"store", "retail", "pos", "offline", "branch", "门店", "线下", "专柜"}},
	{GroupService, []string{"support", "service", "zendesk", "freshdesk", "intercom", "ticket", "chat", "call", "phone", "hotline", "客服", "电话", "热线", "survey", "wjx"}},
	{GroupShop, []string{
		"taobao", "tmall", "jd", "pdd", "pinduoduo", "douyin_shop", "youzan", "shopify", "amazon", "ebay", "web", "shop", "mini_program",
		"miniprogram", "app", "淘宝", "天猫", "京东", "拼多多", "商城", "小程序", "有赞", "官网", "mall",
	}},
	{GroupSocial, []string{
		"wechat", "wecom", "weibo", "xiaohongshu", "red", "douyin", "kuaishou", "bilibili", "facebook", "instagram", "linkedin", "tiktok",
		"twitter", "youtube", "social", "微信", "微博", "小红书", "抖音", "快手", "社交", "公众号",
	}},
	{GroupDirect, []string{"direct", "email", "e-mail", "sms", "sales", "edi", "b2b", "sap", "erp", "直销", "直营", "短信", "邮件", "销售"}},
}

// offlineWords name channels that need no network.
var offlineWords = []string{"store", "retail", "pos", "offline", "branch", "门店", "线下", "专柜", "call", "phone", "hotline", "电话", "热线", "visit", "event", "trade", "展会", "拜访"}

// Channel describes a channel by the words of its name: a word stands alone between spaces,
// underscores, hyphens and the like; Chinese words are found anywhere. A name that tells
// nothing is in group other and counts as online.
func Channel(name string) schemas.DimChannel {
	out := schemas.DimChannel{Channel: name, Group: GroupOther, Online: !holds(name, offlineWords)}
	for _, entry := range channelWords {
		if holds(name, entry.words) {
			out.Group = entry.group
			break
		}
	}
	if out.Group == GroupStore {
		out.Online = false
	}
	out.Paid = out.Group == GroupAdvertising
	return out
}

// Channels describes the channels of a set, in order of their names.
func Channels(names map[string]bool) []schemas.DimChannel {
	sorted := make([]string, 0, len(names))
	for name := range names {
		if name != "" {
			sorted = append(sorted, name)
		}
	}
	sort.Strings(sorted)
	out := make([]schemas.DimChannel, len(sorted))
	for i, name := range sorted {
		out[i] = Channel(name)
	}
	return out
}

func holds(name string, words []string) bool {
	text := strings.ToLower(name)
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" _-/.:|,()", r) })
	for _, word := range words {
		if word[0] >= 0x80 || strings.ContainsAny(word, "_- ") {
			if strings.Contains(text, word) {
				return true
			}
			continue
		}
		for _, part := range parts {
			if part == word {
				return true
			}
		}
	}
	return false
}
