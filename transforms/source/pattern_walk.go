package source

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

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
