package demo

import (
	"strconv"
	"strings"
)

// han is a text in Chinese characters in the forms that exports show.
type han struct {
	text        string
	pinyin      string
	traditional string // the same as text where nothing differs
	homophone   string // empty: none in the table
}

// surnameTable: surname, pinyin, traditional form (- = the same), a homophone (- = none), and
// the share of the population in percent, after the published ranking of the 2020 census.
const surnameTable = `
王 wang - 汪 7.25;李 li - 黎 7.19;张 zhang 張 章 6.83;刘 liu 劉 柳 5.38;陈 chen 陳 谌 4.53;杨 yang 楊 阳 3.08;赵 zhao 趙 - 2.29
黄 huang 黃 - 2.23;周 zhou - - 2.12;吴 wu 吳 武 2.05;徐 xu - 许 1.66;孙 sun 孫 - 1.54;胡 hu - - 1.31;朱 zhu - 诸 1.26
高 gao - - 1.21;林 lin - 蔺 1.18;何 he - 贺 1.17;郭 guo - 国 1.15;马 ma 馬 - 1.07;罗 luo 羅 骆 0.86;梁 liang - - 0.84
宋 song - - 0.81;郑 zheng 鄭 - 0.78;谢 xie 謝 解 0.72;韩 han 韓 - 0.68;唐 tang - 汤 0.65;冯 feng 馮 - 0.64;于 yu - 余 0.62
董 dong - - 0.61;肖 xiao 蕭 - 0.59;程 cheng - 成 0.57;曹 cao - - 0.57;袁 yuan - 元 0.54;邓 deng 鄧 - 0.54;许 xu 許 徐 0.54
傅 fu - 付 0.51;沈 shen - - 0.50;曾 zeng - - 0.50;彭 peng - - 0.49;吕 lv 呂 - 0.47;苏 su 蘇 - 0.47;卢 lu 盧 鲁 0.47
蒋 jiang 蔣 江 0.47;蔡 cai - - 0.46;贾 jia 賈 - 0.42;丁 ding - - 0.43;魏 wei - 卫 0.45;薛 xue - - 0.42;叶 ye 葉 - 0.42
阎 yan 閻 严 0.38;余 yu - 于 0.41;潘 pan - - 0.40;杜 du - - 0.40;戴 dai - 代 0.34;夏 xia - - 0.35;钟 zhong 鍾 - 0.39
汪 wang - 王 0.37;田 tian - - 0.37;任 ren - - 0.37;姜 jiang - 江 0.36;范 fan - 樊 0.36;方 fang - 房 0.34;石 shi - 时 0.34
姚 yao - - 0.34;谭 tan 譚 - 0.33;廖 liao - - 0.33;邹 zou 鄒 - 0.32;熊 xiong - - 0.32;金 jin - - 0.31;陆 lu 陸 - 0.31
郝 hao - - 0.29;孔 kong - - 0.28;白 bai - 柏 0.28;崔 cui - - 0.28;康 kang - - 0.28;毛 mao - 茅 0.26;邱 qiu - - 0.26
秦 qin - 覃 0.26;江 jiang - 姜 0.26;史 shi - - 0.26;顾 gu 顧 - 0.25;侯 hou - - 0.25;邵 shao - - 0.24;孟 meng - - 0.24
龙 long 龍 - 0.24;万 wan 萬 - 0.23;段 duan - - 0.22;雷 lei - - 0.22;钱 qian 錢 - 0.22;汤 tang 湯 唐 0.21;尹 yin - 殷 0.20
黎 li - 李 0.20;易 yi - - 0.19;常 chang - - 0.19;武 wu - 伍 0.19;乔 qiao 喬 - 0.18;贺 he 賀 何 0.18;赖 lai 賴 - 0.18
龚 gong 龔 宫 0.17;文 wen - 温 0.17;欧阳 ouyang 歐陽 - 0.07;上官 shangguan - - 0.01;司马 sima 司馬 - 0.01;诸葛 zhuge 諸葛 - 0.01`

// characterTable: characters of given names, pinyin, traditional form, a homophone.
const characterTable = `
伟 wei 偉 炜;强 qiang 強 -;磊 lei - 蕾;军 jun 軍 君;勇 yong - 永;杰 jie 傑 洁;涛 tao 濤 -;超 chao - 朝;明 ming - 鸣;刚 gang 剛 钢
平 ping - 萍;辉 hui 輝 晖;鹏 peng 鵬 -;华 hua 華 -;飞 fei 飛 菲;鑫 xin - 欣;波 bo - 博;斌 bin - 彬;宇 yu - 雨;浩 hao - 昊
凯 kai 凱 楷;志 zhi - 智;建 jian - 健;国 guo 國 -;小 xiao - 晓;俊 jun - 骏;然 ran - 冉;子 zi - 梓;轩 xuan 軒 -;文 wen - 雯
海 hai - -;航 hang - -;晓 xiao 曉 小;东 dong 東 冬;永 yong - 勇;天 tian - 田;佳 jia - 嘉;嘉 jia - 佳;泽 ze 澤 -;博 bo - 波
家 jia - 佳;立 li - 力;成 cheng - 诚;林 lin - 琳;峰 feng - 锋;龙 long 龍 隆;光 guang - -;新 xin - 欣;春 chun - -;胜 sheng 勝 -
庆 qing 慶 青;安 an - -;德 de - -;世 shi - -;瑞 rui - 睿;睿 rui - 瑞;一 yi - 依;思 si - 斯;宁 ning 寧 -;阳 yang 陽 洋;洋 yang - 阳
芳 fang - -;娜 na - -;敏 min - -;静 jing 靜 晶;丽 li 麗 莉;艳 yan 艷 燕;娟 juan - -;霞 xia - -;秀 xiu - -;英 ying - 颖;桂 gui - -
玉 yu - 钰;兰 lan 蘭 岚;婷 ting - -;雪 xue - -;梅 mei - 美;梓 zi - 紫;涵 han - 晗;欣 xin - 心;怡 yi - 宜;雨 yu - 语;燕 yan - 艳
红 hong 紅 虹;云 yun 雲 芸;琳 lin - 林;莉 li - 丽;洁 jie 潔 杰;慧 hui - 惠;萍 ping - 平;倩 qian - -;颖 ying 穎 莹;雅 ya - -
美 mei - 梅;月 yue - 悦;清 qing - 青;若 ruo - -;诗 shi 詩 -;梦 meng 夢 -;琪 qi - 琦;馨 xin - 欣;彤 tong - 桐;妍 yan - 研;可 ke - -
心 xin - 欣;语 yu 語 雨;桐 tong - 彤;丹 dan - -;凤 feng 鳳 -;珍 zhen - 真;爱 ai 愛 -;莲 lian 蓮 -;淑 shu - -;晨 chen - 辰;蕾 lei - 磊`

// Characters that given names are made of. A character that stands twice is twice as common.
const (
	maleSingle   = "伟伟伟强强磊磊军勇杰杰涛涛超明刚平辉鹏华飞鑫波斌宇浩凯俊峰"
	maleFirst    = "志志建建国小子俊文海晓永天佳嘉泽浩宇家立成林新春庆德世瑞一思明俊博"
	maleSecond   = "强强伟伟华军明杰杰涛辉鹏平斌宇轩轩然航东林峰龙光胜安宁阳洋睿博泽文"
	femaleSingle = "芳芳娜娜敏敏静静丽丽艳娟霞燕红云琳莉洁慧萍倩颖婷雪梅欣丹"
	femaleFirst  = "秀秀桂玉丽晓晓小雪雪梓梓欣佳思雨雨雅美月清若诗梦嘉可爱淑海文玉语心"
	femaleSecond = "英英兰兰娟婷婷梅梅涵涵怡怡雨燕红云琳莉洁慧萍颖琪馨彤妍桐丹凤珍莲晨"
)

// chineseNames are the tables in the form in which names are drawn.
type chineseNames struct {
	surnames   []han
	cumulative []float64
	characters map[rune]han
	given      [2][3][]rune // female: single, first, second
}

func readChineseNames() chineseNames {
	n := chineseNames{characters: map[rune]han{}}
	total := 0.0
	for _, entry := range tableEntries(surnameTable) {
		f := strings.Fields(entry)
		weight, err := strconv.ParseFloat(f[4], 64)
		if err != nil {
			panic(err)
		}
		total += weight
		n.surnames = append(n.surnames, newHan(f))
		n.cumulative = append(n.cumulative, total)
	}
	for _, entry := range tableEntries(characterTable) {
		h := newHan(strings.Fields(entry))
		n.characters[[]rune(h.text)[0]] = h
	}
	n.given = [2][3][]rune{
		{[]rune(maleSingle), []rune(maleFirst), []rune(maleSecond)},
		{[]rune(femaleSingle), []rune(femaleFirst), []rune(femaleSecond)},
	}
	return n
}

func tableEntries(table string) []string {
	return strings.FieldsFunc(table, func(r rune) bool { return r == ';' || r == '\n' })
}

func newHan(f []string) han {
	h := han{text: f[0], pinyin: f[1], traditional: f[2], homophone: f[3]}
	if h.traditional == "-" {
		h.traditional = h.text
	}
	if h.homophone == "-" {
		h.homophone = ""
	}
	return h
}

// givenName draws one or two characters. A fifth of the given names have one.
func (n *chineseNames) givenName(r *random, female bool) []han {
	lists := &n.given[side(female)]
	pick := func(list []rune) han { return n.characters[list[r.below(len(list))]] }
	if r.chance(0.2) {
		return []han{pick(lists[0])}
	}
	return []han{pick(lists[1]), pick(lists[2])}
}

func (n *chineseNames) surname(r *random) han { return n.surnames[r.weighted(n.cumulative)] }

// changeable are the shares of names that have a traditional form of their own, and a
// homophone in the table. Rates are of all names, so they are divided by these.
func (n *chineseNames) changeable() (traditional, homophone float64) {
	r := newRandom(0, streamOrg, 0)
	const draws = 20000
	for range draws {
		name := append([]han{n.surname(&r)}, n.givenName(&r, r.chance(0.5))...)
		a, b := false, false
		for _, h := range name {
			a = a || h.traditional != h.text
			b = b || h.homophone != ""
		}
		if a {
			traditional++
		}
		if b {
			homophone++
		}
	}
	return traditional / draws, homophone / draws
}
