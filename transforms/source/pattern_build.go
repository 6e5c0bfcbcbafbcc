package source

import (
	"regexp/syntax"
	"unicode"
)

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
