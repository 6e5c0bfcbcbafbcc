package source

import (
	"sort"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

// convertPlan rewrites the cells of one column.
type convertPlan struct {
	column int
	spec   schemas.Convert
}

func (l *layout) convertPlans(spec map[string]schemas.Convert) []convertPlan {
	names := make([]string, 0, len(spec))
	for name := range spec {
		names = append(names, name)
	}
	sort.Strings(names)
	var plans []convertPlan
	for _, name := range names {
		plans = append(plans, convertPlan{l.column(name), spec[name]})
	}
	return plans
}

func (p *convertPlan) apply(v string) string {
	if v == "" {
		return v
	}
	for _, prefix := range p.spec.Strip {
		v = strings.TrimPrefix(v, prefix)
	}
	if p.spec.Salesforce {
		v = salesforceID(v)
	}
	if p.spec.Scientific {
		v = plainNumber(v)
	}
	return v
}

// salesforceID gives a 15-character id, whose letters differ by case, the suffix that makes it
// safe to compare without case: for each five characters one that tells which are capitals.
func salesforceID(id string) string {
	if len(id) != 15 {
		return id
	}
	const suffix = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	out := make([]byte, 15, 18)
	copy(out, id)
	for block := range 3 {
		bits := 0
		for i := range 5 {
			c := id[block*5+i]
			if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
				return id
			}
			if c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		out = append(out, suffix[bits])
	}
	return string(out)
}

// plainNumber writes a number in scientific notation as digits.
func plainNumber(v string) string {
	if !strings.ContainsAny(v, "eE") {
		return v
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return v
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
