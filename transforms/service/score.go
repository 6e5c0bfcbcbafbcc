package service

import (
	"math"

	"github.com/tributary-cdp/tributary/transforms/measure"
)

// Kinds of scores.
const (
	ScoreNPS    = "nps"
	ScoreCSAT   = "csat"
	ScoreRating = "rating"
)

// NPSValid tells whether a number is an answer to the question from 0 to 10.
func NPSValid(score float64) bool { return score >= 0 && score <= 10 && score == math.Trunc(score) }

// Satisfaction is a csat or rating answer as a share of its scale.
func Satisfaction(kind string, score float64) (float64, bool) {
	if kind != ScoreCSAT && kind != ScoreRating {
		return 0, false
	}
	return measure.ShareOf(kind, score)
}

// Scores count answers. All fields add up.
type Scores struct {
	Answers, Promoters, Detractors int64 // of the question from 0 to 10: 9 and 10, 0 to 6
	Rated, Satisfied               int64 // csat and rating answers; their sum in millionths
}

const satisfactionScale = 1e6

// Count counts one answer.
func (s *Scores) Count(kind string, score *float64) {
	if score == nil {
		return
	}
	if kind == ScoreNPS {
		if !NPSValid(*score) {
			return
		}
		s.Answers++
		switch {
		case *score >= 9:
			s.Promoters++
		case *score <= 6:
			s.Detractors++
		}
		return
	}
	if share, ok := Satisfaction(kind, *score); ok {
		s.Rated++
		s.Satisfied += int64(math.Round(share * satisfactionScale))
	}
}

// Add adds other counts.
func (s *Scores) Add(o *Scores) {
	s.Answers += o.Answers
	s.Promoters += o.Promoters
	s.Detractors += o.Detractors
	s.Rated += o.Rated
	s.Satisfied += o.Satisfied
}

// NPS is the net promoter score, -100 to 100; nil without an answer.
func (s *Scores) NPS() *float64 {
	if s.Answers == 0 {
		return nil
	}
	v := 100 * float64(s.Promoters-s.Detractors) / float64(s.Answers)
	return &v
}

// CSAT is the mean satisfaction, 0 to 1; nil without an answer.
func (s *Scores) CSAT() *float64 {
	if s.Rated == 0 {
		return nil
	}
	v := float64(s.Satisfied) / satisfactionScale / float64(s.Rated)
	return &v
}

// InTime counts verdicts. All fields add up.
type InTime struct {
	Answered, AnsweredInTime int64 // requests where it can be told
	Resolved, ResolvedInTime int64
	Late                     int64 // answered or resolved late
}

// Count counts the verdicts about one request.
func (t *InTime) Count(responded, resolved *bool) {
	late := false
	if responded != nil {
		t.Answered++
		if *responded {
			t.AnsweredInTime++
		} else {
			late = true
		}
	}
	if resolved != nil {
		t.Resolved++
		if *resolved {
			t.ResolvedInTime++
		} else {
			late = true
		}
	}
	if late {
		t.Late++
	}
}

// Add adds other counts.
func (t *InTime) Add(o *InTime) {
	t.Answered += o.Answered
	t.AnsweredInTime += o.AnsweredInTime
	t.Resolved += o.Resolved
	t.ResolvedInTime += o.ResolvedInTime
	t.Late += o.Late
}
