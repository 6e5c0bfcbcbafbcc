package source

import (
	"regexp"
	"regexp/syntax"
)

// A pattern is a regular expression of a profile: it takes a value out of a cell, or tells
// whether a cell looks like something. Nearly all of them are a few classes of characters one
// behind the other, which a walk over the text answers many times sooner than the library. What
// the walk does not know, or gets lost in, is left to the library; a test and a fuzz target hold
// one against the other.
type pattern struct {
	regex    *regexp.Regexp
	start    *patternNode // nil = left to the library
	anchored bool         // matches at the beginning of a text only
	grouped  bool         // the last group is the value, else all that matched
}

// patternSteps is how far the walk goes back and forth in one text before the library, whose
// time grows with the text's length alone, takes over.
const patternSteps = 5000

// mustPattern is for patterns of the program itself.
func mustPattern(text string) *pattern {
	p, err := compilePattern(text)
	if err != nil {
		panic(err)
	}
	return p
}

func compilePattern(text string) (*pattern, error) {
	regex, err := regexp.Compile(text)
	if err != nil {
		return nil, err
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	p := &pattern{regex: regex, grouped: regex.NumSubexp() > 0}
	b := patternBuilder{group: regex.NumSubexp()}
	start := b.build(tree, &patternNode{op: nodeDone})
	if !b.unknown {
		p.start, p.anchored = start, beginsText(start)
	}
	return p, nil
}

// beginsText tells whether a node can match at the beginning of a text only.
func beginsText(n *patternNode) bool {
	for n.op == nodeOpen || n.op == nodeClose {
		n = n.next
	}
	return n.op == nodeBegin
}

// value is what the pattern takes out of a text in UTF-8: its last group, or all of the match
// where it has none. A group that took no part in the match is empty.
func (p *pattern) value(text string) (value string, ok bool) {
	w := patternWalk{text: text}
	switch w.find(p) {
	case walkFound:
		if p.grouped {
			return text[w.from:w.to], true
		}
		return text[w.begin:w.end], true
	case walkNothing:
		return "", false
	}
	match := p.regex.FindStringSubmatch(text)
	if match == nil {
		return "", false
	}
	return match[len(match)-1], true
}

// holds tells whether the pattern matches anywhere in a text in UTF-8.
func (p *pattern) holds(text string) bool {
	w := patternWalk{text: text}
	switch w.find(p) {
	case walkFound:
		return true
	case walkNothing:
		return false
	}
	return p.regex.MatchString(text)
}
