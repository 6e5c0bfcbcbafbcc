package source

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"
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

type nodeOp uint8

const (
	nodeDone   nodeOp = iota // all matched
	nodeRun                  // characters of a class, least to most of them
	nodeText                 // a fixed text
	nodeEither               // one of several ways on, the first that leads to the end
	nodeOpen                 // the last group begins
	nodeClose                // and ends
	nodeBegin                // the text's beginning
	nodeEnd                  // the text's end
	nodeWord                 // a word begins or ends
	nodeNoWord               // none does
)

// patternNode is one step of a pattern; next is the step behind it.
type patternNode struct {
	op    nodeOp
	lazy  bool // a run as short as the rest allows
	least int
	most  int // -1 = any number
	set   *runeSet
	text  string
	ways  []*patternNode
	next  *patternNode

	first [256]bool // bytes that what is matched from here on may begin with
	empty bool      // it may also be the end of the text
}

// leads tells whether it is worth while to try the node at a place.
func (n *patternNode) leads(text string, at int) bool {
	if at == len(text) {
		return n.empty
	}
	return n.first[text[at]]
}

// patternBuilder turns a syntax tree into nodes, each built with what follows it.
type patternBuilder struct {
	group   int // number of the last group
	unknown bool
}

func (b *patternBuilder) build(re *syntax.Regexp, next *patternNode) *patternNode {
	if next.op == nodeDone {
		next.mark()
	}
	switch re.Op {
	case syntax.OpEmptyMatch:
		return next
	case syntax.OpBeginText:
		return (&patternNode{op: nodeBegin, next: next}).mark()
	case syntax.OpEndText:
		return (&patternNode{op: nodeEnd, next: next}).mark()
	case syntax.OpWordBoundary:
		return (&patternNode{op: nodeWord, next: next}).mark()
	case syntax.OpNoWordBoundary:
		return (&patternNode{op: nodeNoWord, next: next}).mark()
	case syntax.OpLiteral:
		return b.literal(re, next)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return (&patternNode{op: nodeRun, least: 1, most: 1, set: setOfRunes(re), next: next}).mark()
	case syntax.OpConcat:
		for i := len(re.Sub) - 1; i >= 0; i-- {
			next = b.build(re.Sub[i], next)
		}
		return next
	case syntax.OpAlternate:
		n := &patternNode{op: nodeEither}
		for _, way := range re.Sub {
			n.ways = append(n.ways, b.build(way, next))
		}
		return n.mark()
	case syntax.OpCapture:
		if re.Cap != b.group {
			return b.build(re.Sub[0], next)
		}
		inner := b.build(re.Sub[0], (&patternNode{op: nodeClose, next: next}).mark())
		return (&patternNode{op: nodeOpen, next: inner}).mark()
	case syntax.OpQuest, syntax.OpStar, syntax.OpPlus, syntax.OpRepeat:
		return b.repeat(re, next)
	}
	b.unknown = true
	return next
}

func (b *patternBuilder) literal(re *syntax.Regexp, next *patternNode) *patternNode {
	if re.Flags&syntax.FoldCase == 0 {
		return (&patternNode{op: nodeText, text: string(re.Rune), next: next}).mark()
	}
	for i := len(re.Rune) - 1; i >= 0; i-- {
		set := &runeSet{}
		set.add(re.Rune[i], re.Rune[i])
		for r := unicode.SimpleFold(re.Rune[i]); r != re.Rune[i]; r = unicode.SimpleFold(r) {
			set.add(r, r)
		}
		next = (&patternNode{op: nodeRun, least: 1, most: 1, set: set, next: next}).mark()
	}
	return next
}

func (b *patternBuilder) repeat(re *syntax.Regexp, next *patternNode) *patternNode {
	n := &patternNode{op: nodeRun, lazy: re.Flags&syntax.NonGreedy != 0, next: next, most: -1}
	switch re.Op {
	case syntax.OpQuest:
		n.most = 1
	case syntax.OpPlus:
		n.least = 1
	case syntax.OpRepeat:
		n.least, n.most = re.Min, re.Max
	}
	if n.set = setOfRunes(re.Sub[0]); n.set != nil {
		return n.mark()
	}
	if re.Op != syntax.OpQuest {
		b.unknown = true // groups of characters that come again
		return next
	}
	n.op, n.ways = nodeEither, []*patternNode{b.build(re.Sub[0], next), next}
	if n.lazy {
		n.ways[0], n.ways[1] = n.ways[1], n.ways[0]
	}
	return n.mark()
}

// mark notes what a node may begin with.
func (n *patternNode) mark() *patternNode {
	ways := n.ways
	switch n.op {
	case nodeDone, nodeBegin:
		n.empty = true
		for c := range n.first {
			n.first[c] = true
		}
	case nodeEnd:
		n.empty = true
	case nodeText:
		n.first[n.text[0]] = true
	case nodeRun:
		for c := range n.first {
			n.first[c] = n.set.first[c] != outside
		}
		if n.least == 0 {
			ways = []*patternNode{n.next}
		}
	case nodeOpen, nodeClose, nodeWord, nodeNoWord:
		ways = []*patternNode{n.next}
	}
	for _, way := range ways {
		n.empty = n.empty || way.empty
		for c, may := range way.first {
			n.first[c] = n.first[c] || may
		}
	}
	return n
}

type walkResult uint8

const (
	walkLost walkResult = iota // the library has to answer
	walkFound
	walkNothing
)

// patternWalk is one look at one text.
type patternWalk struct {
	text       string
	begin, end int // of the match
	open       int // where the last group may begin
	from, to   int // of the last group
	steps      int
}

// find looks for the leftmost match.
func (w *patternWalk) find(p *pattern) walkResult {
	if p.start == nil {
		return walkLost
	}
	for w.begin = 0; w.begin <= len(w.text); w.begin++ {
		if p.start.leads(w.text, w.begin) && (w.begin == len(w.text) || utf8.RuneStart(w.text[w.begin])) && w.match(p.start, w.begin) {
			return walkFound
		}
		if w.steps > patternSteps {
			return walkLost
		}
		if p.anchored {
			break
		}
	}
	return walkNothing
}

// match tells whether a node and all behind it match at a place. A failure leaves no trace.
func (w *patternWalk) match(n *patternNode, at int) bool {
	for ; ; n = n.next {
		if w.steps++; w.steps > patternSteps {
			return false
		}
		switch n.op {
		case nodeDone:
			w.end = at
			return true
		case nodeText:
			if !strings.HasPrefix(w.text[at:], n.text) {
				return false
			}
			at += len(n.text)
		case nodeBegin:
			if at != 0 {
				return false
			}
		case nodeEnd:
			if at != len(w.text) {
				return false
			}
		case nodeWord, nodeNoWord:
			if w.wordEdge(at) != (n.op == nodeWord) {
				return false
			}
		case nodeOpen:
			open := w.open
			if w.open = at; w.match(n.next, at) {
				return true
			}
			w.open = open
			return false
		case nodeClose:
			from, to := w.from, w.to
			if w.from, w.to = w.open, at; w.match(n.next, at) {
				return true
			}
			w.from, w.to = from, to
			return false
		case nodeEither:
			for _, way := range n.ways {
				if way.leads(w.text, at) && w.match(way, at) {
					return true
				}
			}
			return false
		case nodeRun:
			if n.least == 1 && n.most == 1 {
				size := n.set.length(w.text, at)
				if size == 0 {
					return false
				}
				at += size
				continue
			}
			if n.lazy {
				return w.lazyRun(n, at)
			}
			return w.greedyRun(n, at)
		}
	}
}

// wordEdge tells whether a word of ASCII letters, digits and _ begins or ends at a place.
func (w *patternWalk) wordEdge(at int) bool {
	before := at > 0 && syntax.IsWordChar(rune(w.text[at-1]))
	after := at < len(w.text) && syntax.IsWordChar(rune(w.text[at]))
	return before != after
}

func (w *patternWalk) greedyRun(n *patternNode, at int) bool {
	count := 0
	for count != n.most {
		size := n.set.length(w.text, at)
		if size == 0 {
			break
		}
		at += size
		count++
	}
	for ; count >= n.least; count-- {
		if n.next.leads(w.text, at) && w.match(n.next, at) {
			return true
		}
		if count > 0 {
			for at--; !utf8.RuneStart(w.text[at]); at-- {
			}
		}
	}
	return false
}

func (w *patternWalk) lazyRun(n *patternNode, at int) bool {
	for count := 0; ; count++ {
		if count >= n.least && n.next.leads(w.text, at) && w.match(n.next, at) {
			return true
		}
		if count == n.most {
			return false
		}
		size := n.set.length(w.text, at)
		if size == 0 {
			return false
		}
		at += size
	}
}
