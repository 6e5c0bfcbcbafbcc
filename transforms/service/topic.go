// Package service reads what customers tell the company: which topic a feedback is about, whose
// it is, whether it was answered in time, and what hurts most.
package service

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Categories of feedback.
const (
	CategoryProduct = "product"
	CategoryService = "service"
	CategoryNeed    = "need"
	CategoryOther   = "other"
)

// Categories lists them in the order of the documentation.
var Categories = []string{CategoryProduct, CategoryService, CategoryNeed, CategoryOther}

// Severities of feedback.
const (
	SeverityRemark  = 1
	SeverityTrouble = 2
	SeverityUrgent  = 4
)

// Name is a text in the two languages of the product.
type Name struct {
	EN string `yaml:"en" json:"en"`
	ZH string `yaml:"zh" json:"zh"`
}

// Topic is a rule of feedback: what its words tell. The first topic of which a word is found
// counts.
type Topic struct {
	Code       string   `yaml:"code" json:"code"`
	Name       Name     `yaml:"name" json:"name"`
	Category   string   `yaml:"category" json:"category"`     // product, service, need, other
	Department string   `yaml:"department" json:"department"` // that owns it
	Severity   int64    `yaml:"severity" json:"severity"`     // 1 (remark) to 4 (urgent)
	Words      []string `yaml:"words" json:"words"`           // Latin words stand alone, others are found anywhere
}

// Check finds what is wrong with a topic.
func (t *Topic) Check() error {
	switch {
	case t.Code == "":
		return fmt.Errorf("code is missing")
	case t.Category != CategoryProduct && t.Category != CategoryService && t.Category != CategoryNeed && t.Category != CategoryOther:
		return fmt.Errorf("topic %q: category %q is none of %s", t.Code, t.Category, strings.Join(Categories, ", "))
	case t.Severity < SeverityRemark || t.Severity > SeverityUrgent:
		return fmt.Errorf("topic %q: severity %d must be 1 (remark) to 4 (urgent)", t.Code, t.Severity)
	case len(t.Words) == 0:
		return fmt.Errorf("topic %q has no words", t.Code)
	}
	for _, word := range t.Words {
		if len(strings.TrimSpace(word)) < 2 {
			return fmt.Errorf("topic %q: word %q is too short to tell anything", t.Code, word)
		}
	}
	return nil
}

// Classifier finds the topic of a text. It is safe for use by many goroutines.
type Classifier struct {
	topics []Topic
	heads  [1 << 16][]int32 // words by their first two bytes
	words  []topicWord
}

type topicWord struct {
	text  string
	topic int
	alone bool // of Latin letters: no letter stands beside it
}

// NewClassifier makes a classifier of topics that are checked.
func NewClassifier(topics []Topic) *Classifier {
	c := &Classifier{topics: topics}
	for i, t := range topics {
		for _, word := range t.Words {
			word = strings.ToLower(strings.TrimSpace(word))
			first, _ := utf8.DecodeRuneInString(word)
			last, _ := utf8.DecodeLastRuneInString(word)
			head := headOf(word)
			c.heads[head] = append(c.heads[head], int32(len(c.words)))
			c.words = append(c.words, topicWord{word, i, latin(first) && latin(last)})
		}
	}
	return c
}

func headOf(text string) int { return int(text[0])<<8 | int(text[1]) }

func latin(r rune) bool {
	return r < 0x300 && r != ' ' && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 0xC0)
}

// Topic is the topic of texts, nil where no word is found: the first in the order of the rules.
func (c *Classifier) Topic(texts ...string) *Topic {
	best := len(c.topics)
	for _, text := range texts {
		best = c.find(strings.ToLower(text), best)
	}
	if best == len(c.topics) {
		return nil
	}
	return &c.topics[best]
}

// find is the first topic before best of which the text has a word, else best.
func (c *Classifier) find(text string, best int) int {
	for i := 0; i+1 < len(text); i++ {
		for _, n := range c.heads[headOf(text[i:])] {
			w := &c.words[n]
			if w.topic < best && strings.HasPrefix(text[i:], w.text) && (!w.alone || stands(text, i, i+len(w.text))) {
				best = w.topic
			}
		}
	}
	return best
}

// stands tells whether no letter or digit of the Latin script touches text[from:until].
func stands(text string, from, until int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	after, _ := utf8.DecodeRuneInString(text[until:])
	return (from == 0 || !latin(before)) && (until == len(text) || !latin(after))
}
