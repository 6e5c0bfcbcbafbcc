package service

import (
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/measure"
)

// Limits within which an answer or a solution is in time, in microseconds.
const (
	ResponseLimit   = 24 * 3600 * 1_000_000
	ResolutionLimit = 48 * 3600 * 1_000_000
)

// IsFeedback tells whether an interaction is something that somebody told the company: what the
// company sent is none.
func IsFeedback(kind, direction string) bool {
	if strings.EqualFold(direction, "out") {
		return false
	}
	switch kind {
	case "ticket", "call", "chat", "email", "survey", "comment", "review", "social":
		return true
	}
	return false
}

// IsRequest tells whether a kind of interaction waits for an answer.
func IsRequest(kind string) bool {
	return kind == "ticket" || kind == "chat" || kind == "email" || kind == "call"
}

// Timeliness tells whether a request was answered and resolved in time, as seen at asOfEnd. nil
// where it cannot be told: no request, too young, closed at an unknown time, or times that
// contradict each other (resolved before created). An open one beyond the limit is late.
func Timeliness(v *schemas.InteractionRow, asOfEnd int64) (responded, resolved *bool) {
	if !IsRequest(v.Kind) {
		return nil, nil
	}
	answer, answerKnown, answerWrong := happened(v.FirstResponse, v.Time, asOfEnd)
	solution, solutionKnown, solutionWrong := happened(v.Resolved, v.Time, asOfEnd)
	age := asOfEnd - v.Time
	open := v.Kind == "ticket" && !measure.Closed(v.Status) || statesOpen(v.Status)
	verdict := func(took, limit int64, known, wrong, judged bool) *bool {
		inTime := known && took <= limit
		if wrong || !known && (!judged || age <= limit) {
			return nil
		}
		return &inTime
	}
	resolved = verdict(solution, ResolutionLimit, solutionKnown, solutionWrong, open)
	switch {
	case answerKnown || answerWrong:
		responded = verdict(answer, ResponseLimit, answerKnown, answerWrong, false)
	case solutionKnown && solution <= ResponseLimit: // the answer came with the solution at the latest
		yes := true
		responded = &yes
	case !solutionKnown && !solutionWrong:
		responded = verdict(0, ResponseLimit, false, false, open)
	}
	return responded, resolved
}

// statesOpen tells whether a status of a chat, call or e-mail says that somebody waits.
func statesOpen(status string) bool {
	switch strings.ToLower(status) {
	case "open", "new", "pending", "waiting", "in_progress", "待处理", "处理中", "未解决", "待回复":
		return true
	}
	return false
}

// happened is how long after from something came, if it has by asOfEnd. Something before from
// is wrong.
func happened(at *int64, from, asOfEnd int64) (took int64, known, wrong bool) {
	if at == nil || *at == 0 || *at >= asOfEnd {
		return 0, false, false
	}
	if *at < from {
		return 0, false, true
	}
	return *at - from, true, false
}

// Feedback states an interaction as a row of table feedback, but for the run's columns; false
// if it is none or later than asOfEnd.
func (c *Classifier) Feedback(v *schemas.InteractionRow, subject, text string, asOfEnd int64) (schemas.Feedback, bool) {
	if v.Time >= asOfEnd || !IsFeedback(v.Kind, v.Direction) {
		return schemas.Feedback{}, false
	}
	f := schemas.Feedback{
		Key: v.Key, CustomerID: v.CustomerID, Kind: v.Kind, Channel: v.Channel, Time: v.Time, Owner: v.Owner, Score: v.Score, ScoreKind: v.ScoreKind,
		Category: CategoryOther, Topic: v.Topic, Severity: SeverityRemark,
	}
	if t := c.Topic(subject, text, v.Topic, v.Category); t != nil {
		f.Category, f.Topic, f.Department, f.Severity = t.Category, t.Code, t.Department, t.Severity
	}
	f.Severity = severity(f.Severity, v)
	f.Responded, f.Resolved = Timeliness(v, asOfEnd)
	return f, true
}

// severity raises what the topic says by one for a high priority and by one for a bad score.
func severity(base int64, v *schemas.InteractionRow) int64 {
	switch strings.ToLower(v.Priority) {
	case "urgent", "high", "critical", "紧急", "高", "p0", "p1":
		base++
	}
	if v.Score != nil {
		if detractor := v.ScoreKind == ScoreNPS && NPSValid(*v.Score) && *v.Score <= 6; detractor {
			base++
		} else if share, ok := Satisfaction(v.ScoreKind, *v.Score); ok && share < 0.5 {
			base++
		}
	}
	return min(base, SeverityUrgent)
}
