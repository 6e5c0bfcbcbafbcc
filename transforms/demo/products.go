package demo

import "strings"

// product is an article of the company.
type product struct {
	sku, name, nameZH  string
	category           int
	yuan, dollar, euro int64 // list prices in cents
	popularity         float64
}

var categories = strings.Fields("kitchen bath bedroom living dining lighting outdoor")

// productTable: SKU, English name, Chinese name, category, price in yuan, relative popularity.
const productTable = `
LH-MUG-01 Stoneware_Mug 陶瓷马克杯 0 39 9;LH-PAN-05 Non-stick_Pan 不粘炒锅 0 269 5;LH-KNF-08 Chef's_Knife 主厨刀 0 189 4;LH-BRD-09 Chopping_Board 竹制砧板 0 79 6
LH-POT-10 Stock_Pot 不锈钢汤锅 0 329 3;LH-STO-11 Storage_Jar_Set 密封罐套装 0 99 6;LH-TOW-02 Cotton_Bath_Towel 纯棉浴巾 1 89 9;LH-MAT-12 Bath_Mat 硅藻泥地垫 1 69 6
LH-SOA-13 Soap_Dispenser 皂液器 1 59 4;LH-ROB-14 Bath_Robe 浴袍 1 259 2;LH-BED-06 Bedding_Set 纯棉四件套 2 399 6;LH-PIL-15 Memory_Pillow 记忆棉枕 2 159 6
LH-DUV-16 Down_Duvet 羽绒被 2 899 2;LH-SHE-17 Fitted_Sheet 床笠 2 149 4;LH-THR-18 Wool_Throw 羊毛盖毯 3 329 3;LH-CUS-19 Cushion_Cover 抱枕套 3 49 7
LH-RUG-20 Living_Rug 客厅地毯 3 799 2;LH-VAS-21 Glass_Vase 玻璃花瓶 3 119 4;LH-CAN-07 Scented_Candle 香薰蜡烛 3 69 8;LH-FRA-22 Picture_Frame 相框 3 45 4
LH-CHR-04 Dining_Chair 餐椅 4 459 3;LH-TAB-23 Dining_Table 实木餐桌 4 2199 1;LH-PLA-24 Dinner_Plate_Set 餐盘套装 4 199 6;LH-GLA-25 Wine_Glass_Set 红酒杯套装 4 149 5
LH-CUT-26 Cutlery_Set 餐具套装 4 179 5;LH-LMP-03 Desk_Lamp 原木台灯 5 199 6;LH-FLO-27 Floor_Lamp 落地灯 5 459 2;LH-PEN-28 Pendant_Light 吊灯 5 369 2
LH-NIG-29 Night_Light 小夜灯 5 59 6;LH-GRI-30 Table_Grill 桌面烤炉 6 299 2;LH-PLT-31 Plant_Pot 陶瓷花盆 6 89 4;LH-LAN-32 Garden_Lantern 庭院灯 6 139 2`

type catalogue struct {
	products   []product
	byCategory [][]int
	cumulative []float64
	within     [][]float64 // cumulative popularity within a category
}

func readCatalogue() catalogue {
	c := catalogue{byCategory: make([][]int, len(categories)), within: make([][]float64, len(categories))}
	total := 0.0
	for i, entry := range tableEntries(productTable) {
		f := strings.Fields(entry)
		yuan := int64(weight(f[4]))
		p := product{sku: f[0], name: blank(f[1]), nameZH: f[2], category: int(weight(f[3])), yuan: yuan * 100, popularity: weight(f[5])}
		p.dollar = yuan*100/6 - yuan*100/6%50 + 99 // prices end in .49 and .99
		p.euro = yuan*100/7 - yuan*100/7%50 + 95
		total += p.popularity
		c.products = append(c.products, p)
		c.cumulative = append(c.cumulative, total)
		c.byCategory[p.category] = append(c.byCategory[p.category], i)
		w := p.popularity
		if have := c.within[p.category]; len(have) > 0 {
			w += have[len(have)-1]
		}
		c.within[p.category] = append(c.within[p.category], w)
	}
	return c
}

func (p *product) price(currency string) int64 {
	switch currency {
	case "USD":
		return p.dollar
	case "EUR":
		return p.euro
	}
	return p.yuan
}
