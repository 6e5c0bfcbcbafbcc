package segment

import (
	"strconv"
	"strings"
)

// Bands of a company's size by its employees.
const (
	SizeMicro  = "1_9"
	SizeSmall  = "10_49"
	SizeMedium = "50_249"
	SizeLarge  = "250_999"
	SizeHuge   = "1000_plus"
)

// SizeBand is the band of a company size as exports write it: "51-200", "20-99人", "1,200", "500+".
// Of a range the lower end counts, of "under 50" what is below. A text without a number stays
// as it is.
func SizeBand(text string) string {
	digits := ""
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits += string(r)
			continue
		case digits != "" && (r == ',' || r == '，'):
			continue
		case digits == "":
			continue
		}
		break
	}
	n, err := strconv.Atoi(digits)
	for _, word := range []string{"<", "under", "less", "少于", "以下", "小于"} {
		if strings.Contains(text, word) && n > 1 {
			n--
			break
		}
	}
	switch {
	case err != nil || n < 1:
		return text
	case n < 10:
		return SizeMicro
	case n < 50:
		return SizeSmall
	case n < 250:
		return SizeMedium
	case n < 1000:
		return SizeLarge
	}
	return SizeHuge
}
