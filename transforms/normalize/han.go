package normalize

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/mozillazg/go-pinyin"
)

// traditional holds pairs of a traditional character and its simplified form, as they occur
// in names and addresses.
const traditional = "張张陳陈劉刘黃黄吳吴趙赵孫孙馬马鄭郑謝谢許许鄧邓馮冯葉叶蘇苏盧卢蔣蒋賈贾韋韦鄒邹陸陆郝郝龔龚顧顾龍龙萬万錢钱湯汤嚴严賴赖" +
	"聶聂鍾钟鐘钟譚谭廖廖範范閻阎駱骆藍蓝羅罗齊齐龐庞顏颜莊庄畢毕溫温蕭萧歐欧項项衛卫婁娄鄔邬鄺邝鮑鲍費费紀纪車车黎黎寧宁喬乔儲储榮荣" +
	"華华國国偉伟麗丽強强軍军傑杰濤涛豔艳艷艳娟娟靜静敏敏輝辉剛刚勇勇桂桂蘭兰鳳凤紅红玲玲飛飞鵬鹏霞霞蓮莲雲云燕燕曉晓東东志志學学習习" +
	"愛爱寶宝賓宾蒼苍倉仓昌昌暢畅長长誠诚馳驰遲迟寵宠純纯叢丛達达帶带單单黨党導导燈灯點点電电鼎鼎頓顿奪夺兒儿爾尔貳贰發发髮发風风豐丰" +
	"鳥鸟輔辅婦妇復复複复岡冈鋼钢綱纲剛刚個个給给貢贡溝沟構构夠够穀谷關关觀观館馆慣惯廣广歸归規规軌轨貴贵國国過过漢汉號号賀贺鶴鹤後后" +
	"護护滬沪戶户畫画劃划懷怀歡欢環环還还煥焕會会匯汇惠惠獲获機机積积雞鸡極极級级際际繼继佳佳夾夹價价駕驾堅坚間间簡简見见建建劍剑艦舰" +
	"薦荐將将漿浆獎奖講讲膠胶階阶節节潔洁結结緊紧錦锦盡尽進进勁劲經经驚惊鏡镜競竞淨净靜静舊旧舉举聚聚捲卷絕绝覺觉鈞钧俊俊駿骏開开凱凯" +
	"顆颗課课墾垦懇恳庫库褲裤誇夸塊块寬宽礦矿曠旷況况闊阔來来賴赖攔拦欄栏覽览懶懒爛烂撈捞勞劳樂乐類类淚泪離离裡里裏里禮礼歷历曆历勵励" +
	"聯联連连憐怜煉炼練练糧粮涼凉兩两輛辆諒谅療疗遼辽鄰邻臨临靈灵齡龄嶺岭領领劉刘瀏浏龍龙樓楼爐炉魯鲁陸陆錄录綠绿亂乱倫伦輪轮論论蘿萝" +
	"邏逻絡络買买賣卖邁迈滿满貓猫貿贸麼么沒没門门們们夢梦彌弥綿绵廟庙滅灭閩闽鳴鸣銘铭謀谋畝亩納纳難难腦脑鬧闹擬拟膩腻釀酿鳥鸟寧宁農农" +
	"濃浓諾诺盤盘賠赔噴喷鵬鹏騙骗飄飘頻频蘋苹憑凭評评潑泼撲扑鋪铺樸朴棲栖淒凄齊齐騎骑豈岂啟启啓启氣气棄弃遷迁簽签謙谦錢钱錢钱淺浅槍枪" +
	"牆墙薔蔷強强搶抢橋桥喬乔親亲輕轻傾倾請请慶庆瓊琼窮穷區区趨趋權权勸劝卻却確确鵲鹊讓让饒饶擾扰熱热認认榮荣絨绒軟软銳锐閏闰潤润灑洒" +
	"薩萨賽赛傘伞喪丧掃扫澀涩殺杀篩筛曬晒閃闪陝陕傷伤賞赏燒烧紹绍設设紳绅審审嬸婶腎肾滲渗聲声勝胜聖圣師师獅狮濕湿詩诗時时實实蝕蚀識识" +
	"適适勢势釋释飾饰視视試试壽寿獸兽書书樞枢輸输屬属術术樹树豎竖數数帥帅雙双誰谁稅税順顺說说碩硕絲丝飼饲鬆松聳耸頌颂訟讼誦诵蘇苏訴诉" +
	"肅肃雖虽隨随綏绥歲岁孫孙損损筍笋縮缩鎖锁態态檯台臺台颱台攤摊灘滩壇坛譚谭談谈嘆叹湯汤燙烫濤涛騰腾謄誊體体條条貼贴鐵铁廳厅聽听銅铜" +
	"統统頭头圖图塗涂團团蛻蜕脫脱駝驼橢椭窪洼襪袜彎弯灣湾頑顽萬万網网為为爲为韋韦違违圍围維维葦苇偉伟偽伪緯纬衛卫謂谓聞闻紋纹穩稳問问" +
	"渦涡窩窝臥卧嗚呜烏乌誣诬無无蕪芜吳吴塢坞霧雾務务誤误錫锡犧牺襲袭習习銑铣戲戏係系繫系細细蝦虾轄辖峽峡俠侠狹狭廈厦嚇吓鮮鲜纖纤賢贤" +
	"鹹咸顯显險险縣县現现獻献憲宪線线鄉乡詳详響响項项嘯啸銷销曉晓蕭萧協协脅胁寫写瀉泻謝谢鋅锌釁衅興兴汹汹鏽锈繡绣虛虚許许續续緒绪軒轩" +
	"懸悬選选癬癣學学勳勋勛勋詢询尋寻馴驯訓训訊讯遜逊壓压鴉鸦鴨鸭啞哑亞亚訝讶閹阉煙烟鹽盐嚴严顏颜閻阎艷艳厭厌硯砚彥彦驗验鴦鸯楊杨揚扬" +
	"瘍疡陽阳癢痒養养樣样瑤瑶搖摇遙遥窯窑謠谣藥药爺爷頁页業业葉叶醫医銥铱頤颐遺遗儀仪蟻蚁藝艺億亿憶忆義义議议誼谊譯译異异繹绎蔭荫陰阴" +
	"銀银飲饮隱隐櫻樱嬰婴鷹鹰應应纓缨瑩莹螢萤營营熒荧蠅蝇贏赢穎颖擁拥傭佣詠咏湧涌優优憂忧郵邮鈾铀猶犹遊游誘诱輿舆魚鱼漁渔娛娱與与嶼屿" +
	"語语籲吁禦御獄狱譽誉預预馭驭鴛鸳淵渊轅辕園园員员圓圆緣缘遠远願愿約约躍跃鑰钥粵粤悅悦閱阅雲云鄖郧勻匀隕陨運运蘊蕴醞酝暈晕韻韵雜杂" +
	"災灾載载攢攒暫暂贊赞讚赞臟脏鑿凿棗枣責责擇择則则澤泽賊贼贈赠紮扎劄札軋轧鍘铡閘闸柵栅詐诈齋斋債债氈毡盞盏斬斩輾辗嶄崭棧栈戰战綻绽" +
	"張张漲涨帳帐賬账脹胀趙赵蟄蛰轍辙鍺锗這这貞贞針针偵侦診诊鎮镇陣阵掙挣睜睁猙狰爭争幀帧鄭郑證证織织職职執执紙纸摯挚擲掷幟帜質质鐘钟" +
	"終终種种腫肿眾众衆众謅诌軸轴皺皱晝昼驟骤豬猪諸诸誅诛燭烛矚瞩囑嘱貯贮鑄铸築筑駐驻專专磚砖轉转賺赚樁桩莊庄裝装妝妆壯壮狀状錐锥贅赘" +
	"墜坠綴缀諄谆濁浊茲兹資资漬渍蹤踪綜综總总縱纵鄒邹詛诅組组鑽钻緻致鐘钟麼么為为隻只裏里於于巖岩嶽岳峯峰羣群內内產产週周採采徵征"

// The block of common Chinese characters, by which tables are indexed.
const (
	firstHan = 0x4E00
	lastHan  = 0x9FFF
)

// simplified holds the simplified form of every character of the block, 0 = itself.
var simplified = sync.OnceValue(func() *[lastHan - firstHan + 1]rune {
	var table [lastHan - firstHan + 1]rune
	runes := []rune(traditional)
	for i := 0; i+1 < len(runes); i += 2 {
		table[runes[i]-firstHan] = runes[i+1]
	}
	return &table
})

// Simplify replaces traditional characters by their simplified forms.
func Simplify(s string) string {
	if !HasHan(s) {
		return s
	}
	table := simplified()
	return strings.Map(func(r rune) rune {
		if r >= firstHan && r <= lastHan && table[r-firstHan] != 0 {
			return table[r-firstHan]
		}
		return r
	}, s)
}

// surnameReadings are the readings of characters as surnames, where they differ from the usual one.
var surnameReadings = map[string]string{
	"单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "盖": "ge", "任": "ren", "尉迟": "yuchi",
	"长孙": "zhangsun", "朴": "piao", "翟": "zhai", "缪": "miao", "宓": "mi", "冼": "xian", "覃": "qin", "乐": "yue", "石": "shi",
	"单于": "chanyu", "令狐": "linghu", "万俟": "moqi", "秘": "bi", "折": "she", "黑": "he", "员": "yun", "逄": "pang", "呂": "lv",
}

// readings holds what characters of the block are read as, filled when they are first met.
var readings [lastHan - firstHan + 1]atomic.Pointer[[]string]

// readingsOf lists the toneless readings of a character, the usual one first; ü is v.
func readingsOf(r rune) []string {
	if r < firstHan || r > lastHan {
		return nil
	}
	cell := &readings[r-firstHan]
	if known := cell.Load(); known != nil {
		return *known
	}
	var list []string
	for _, reading := range pinyin.SinglePinyin(r, pinyin.Args{Style: pinyin.Normal, Heteronym: true}) {
		if !slices.Contains(list, reading) {
			list = append(list, reading)
		}
	}
	cell.Store(&list)
	return list
}

// Pinyin spells Chinese characters in toneless Latin letters, ü as v; other runes are kept.
func Pinyin(s string) string {
	var b strings.Builder
	for _, r := range s {
		if IsHan(r) {
			b.WriteString(pinyinOf(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func pinyinOf(r rune) string {
	if list := readingsOf(r); len(list) > 0 {
		return list[0]
	}
	return ""
}

// SurnamePinyin spells a Chinese family name.
func SurnamePinyin(s string) string {
	if reading, ok := surnameReadings[s]; ok {
		return reading
	}
	return Pinyin(s)
}

var compoundSurnames = map[string]bool{
	"欧阳": true, "司马": true, "上官": true, "诸葛": true, "司徒": true, "东方": true, "皇甫": true, "尉迟": true, "公孙": true, "慕容": true,
	"令狐": true, "宇文": true, "长孙": true, "夏侯": true, "轩辕": true, "端木": true, "独孤": true, "南宫": true, "百里": true, "呼延": true,
	"闻人": true, "澹台": true, "公冶": true, "宗政": true, "濮阳": true, "淳于": true, "单于": true, "太叔": true, "申屠": true, "东郭": true,
}

// commonSurnames tells family from given name where the order is not known.
const commonSurnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂成苗谷曲盛冉翁蓝骆路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊"

// chineseSurnameLength tells with how many characters of family name a text begins, 0 when
// with none.
func chineseSurnameLength(runes []rune) int {
	if len(runes) >= 3 && compoundSurnames[string(runes[:2])] {
		return 2
	}
	if len(runes) >= 2 && isSurname(runes[0]) {
		return 1
	}
	return 0
}

func isSurname(r rune) bool { return r >= firstHan && r <= lastHan && surnames()[r-firstHan] }

var surnames = sync.OnceValue(func() *[lastHan - firstHan + 1]bool {
	var table [lastHan - firstHan + 1]bool
	for _, r := range commonSurnames {
		table[r-firstHan] = true
	}
	return &table
})

// romanSurnames are the family names in Latin letters.
var romanSurnames = sync.OnceValue(func() map[string]bool {
	table := map[string]bool{}
	for _, r := range commonSurnames {
		table[SurnamePinyin(string(r))] = true
	}
	for name := range compoundSurnames {
		table[SurnamePinyin(name)] = true
	}
	return table
})

// syllables are all that pinyin can be made of.
var syllables = sync.OnceValue(func() map[string]bool {
	table := map[string]bool{}
	for code := range pinyin.PinyinDict {
		for _, reading := range readingsOf(rune(code)) {
			if strings.ContainsAny(reading, "aeiouv") { // not hm, ng
				table[reading] = true
			}
		}
	}
	return table
})

// longestSyllable: zhuang, shuang.
const longestSyllable = 6

// isPinyin tells whether a word of lower-case letters can be read as pinyin.
func isPinyin(word string) bool {
	if word == "" {
		return true
	}
	for n := min(len(word), longestSyllable); n > 0; n-- {
		if syllables()[word[:n]] && isPinyin(word[n:]) {
			return true
		}
	}
	return false
}

// soundsLike tells whether a Latin text spells Chinese characters, in any of their readings.
// lyu and lu are lü, which is spelled lv.
func soundsLike(latin string, han []rune) bool {
	if len(han) == 0 {
		return latin == ""
	}
	for _, reading := range readingsOf(han[0]) {
		for _, spelled := range spellings(reading) {
			if rest, ok := strings.CutPrefix(latin, spelled); ok && soundsLike(rest, han[1:]) {
				return true
			}
		}
	}
	return false
}

// spellings of a reading in passports and on keyboards.
func spellings(reading string) []string {
	if i := strings.IndexByte(reading, 'v'); i >= 0 {
		return []string{reading, strings.Replace(reading, "v", "yu", 1), strings.Replace(reading, "v", "u", 1)}
	}
	return []string{reading}
}

// SoundsLike tells whether toneless Latin letters spell Chinese characters, in any of their
// readings.
func SoundsLike(latin, han string) bool { return soundsLike(latin, []rune(han)) }
