package report

import (
	"html/template"
	"strconv"
	"strings"
)

// A figure is a number that follows from the run's tables. Where the page shows one, its element
// names it by a key and holds its exact value beside the rounded text:
//
//	<data data-figure="rfm/A/revenue" value="15628018.86">15,628,018.86</data>
//
// so that a program can read the page, and a test can recompute every figure from the tables. An
// empty value stands for one that is not known. Money is in units of the reporting currency,
// shares are of 1.

// figure marks a text as the figure of a key.
func figure(value, text string, key ...string) template.HTML {
	text = template.HTMLEscapeString(text)
	if len(key) > 0 {
		text = `<data data-figure="` + keyOf(key) + `" value="` + template.HTMLEscapeString(value) + `">` + text + `</data>`
	}
	return template.HTML(text) //nolint:gosec // all of it is escaped
}

// keyOf joins the parts of a key and escapes them for an attribute.
func keyOf(parts []string) string { return template.HTMLEscapeString(strings.Join(parts, "/")) }

// figureCount is a whole number.
func figureCount(n int64, key ...string) template.HTML {
	return figure(strconv.FormatInt(n, 10), Count(n), key...)
}

// figureMoney is an amount in ten-thousandths, with two decimals.
func figureMoney(v int64, key ...string) template.HTML {
	return figure(exactMoney(v), Money(v), key...)
}

// figureShort is an amount in ten-thousandths with three digits, such as 4.56M.
func figureShort(v int64, key ...string) template.HTML {
	return figure(exactMoney(v), Short(float64(v)/moneyScale), key...)
}

// figureShare is a share of 1.
func figureShare(share float64, key ...string) template.HTML {
	return figure(exact(share), Percent(share), key...)
}

// figureOf is the share that n has of all; Missing where all is 0.
func figureOf(n, all int64, key ...string) template.HTML {
	if all == 0 {
		return figure("", Missing, key...)
	}
	return figureShare(float64(n)/float64(all), key...)
}

// figureNumber is a number with the decimals that it needs, three digits at most.
func figureNumber(v float64, key ...string) template.HTML { return figure(exact(v), Short(v), key...) }

// orMissing writes a value that may be missing.
func orMissing[T any](v *T, write func(T, ...string) template.HTML, key ...string) template.HTML {
	if v == nil {
		return figure("", Missing, key...)
	}
	return write(*v, key...)
}

// exact writes all digits of a number that tell it from its neighbours.
func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// exactMoney writes ten-thousandths with the decimals that they need.
func exactMoney(v int64) string {
	sign, units := "", uint64(v)
	if v < 0 {
		sign, units = "-", -units
	}
	text := sign + strconv.FormatUint(units/moneyScale, 10)
	if rest := units % moneyScale; rest > 0 {
		text += "." + strings.TrimRight(strconv.FormatUint(moneyScale+rest, 10)[1:], "0")
	}
	return text
}
