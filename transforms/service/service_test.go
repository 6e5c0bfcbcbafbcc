package service

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-cdp/tributary/schemas"
)

const hour = 3600 * 1_000_000

func yes(v bool) *bool { return &v }

func at(v int64) *int64 { return &v }

func TestAnswersAndSolutionsAreJudgedByWhatIsKnown(t *testing.T) {
	const created, end = 1000 * hour, 1100 * hour // seen 100 hours later
	for name, c := range map[string]struct {
		row                 schemas.InteractionRow
		responded, resolved *bool
	}{
		"in time":                             {schemas.InteractionRow{Kind: "ticket", FirstResponse: at(created + 24*hour), Resolved: at(created + 48*hour), Status: "solved"}, yes(true), yes(true)},
		"late":                                {schemas.InteractionRow{Kind: "ticket", FirstResponse: at(created + 24*hour + 1), Resolved: at(created + 48*hour + 1), Status: "solved"}, yes(false), yes(false)},
		"open beyond the limit":               {schemas.InteractionRow{Kind: "ticket", Status: "open"}, yes(false), yes(false)},
		"closed, nobody knows when":           {schemas.InteractionRow{Kind: "ticket", Status: "已解决"}, nil, nil},
		"resolved before it was created":      {schemas.InteractionRow{Kind: "ticket", FirstResponse: at(created + hour), Resolved: at(created - hour), Status: "solved"}, yes(true), nil},
		"answered before it was created":      {schemas.InteractionRow{Kind: "ticket", FirstResponse: at(created - hour), Status: "open"}, nil, yes(false)},
		"the solution was the answer":         {schemas.InteractionRow{Kind: "ticket", Resolved: at(created + 3*hour), Status: "solved"}, yes(true), yes(true)},
		"solved late, the answer is unknown":  {schemas.InteractionRow{Kind: "ticket", Resolved: at(created + 60*hour), Status: "solved"}, nil, yes(false)},
		"answered after as_of: not seen":      {schemas.InteractionRow{Kind: "ticket", FirstResponse: at(end + hour), Resolved: at(end + 2*hour), Status: "solved"}, nil, nil},
		"a chat of a source without answers":  {schemas.InteractionRow{Kind: "chat"}, nil, nil},
		"a chat that waits":                   {schemas.InteractionRow{Kind: "chat", Status: "open"}, yes(false), yes(false)},
		"a survey answer waits for nothing":   {schemas.InteractionRow{Kind: "survey", Status: "open"}, nil, nil},
		"a call that was answered, not ended": {schemas.InteractionRow{Kind: "call", FirstResponse: at(created)}, yes(true), nil},
	} {
		c.row.Time = created
		responded, resolved := Timeliness(&c.row, end)
		if diff := cmp.Diff([]*bool{c.responded, c.resolved}, []*bool{responded, resolved}); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	young := schemas.InteractionRow{Kind: "ticket", Status: "open", Time: end - 30*hour}
	if responded, resolved := Timeliness(&young, end); responded == nil || *responded || resolved != nil {
		t.Error("a ticket of 30 hours is late to be answered and too young to be late to be resolved")
	}
}

var topics = []Topic{
	{Code: "damaged", Category: CategoryProduct, Department: "quality", Severity: 3, Words: []string{"broken", "破损"}},
	{Code: "delivery", Category: CategoryService, Department: "logistics", Severity: 2, Words: []string{"where is my order", "快递"}},
	{Code: "wish", Category: CategoryNeed, Department: "product", Severity: 1, Words: []string{"建议", "wish"}},
}

func TestTheFirstTopicOfWhichAWordIsFoundCounts(t *testing.T) {
	c := NewClassifier(topics)
	for text, want := range map[string]string{
		"Arrived BROKEN":     "damaged",
		"快递到了，收到时已经破损":       "damaged",
		"Where is my order?": "delivery",
		"unbroken lines":     "",
		"brokenness":         "",
		"wishing well":       "",
		"I wish, I wish":     "wish",
		"建议增加颜色":             "wish",
		"":                   "",
		"破":                  "",
		"x":                  "",
		"日本broken口":          "damaged",
		"where is my order where is my broken it": "damaged",
	} {
		code := ""
		if topic := c.Topic(text); topic != nil {
			code = topic.Code
		}
		if code != want {
			t.Errorf("%q is about %q, want %q", text, code, want)
		}
	}
	if topic := c.Topic("快递", "", "broken"); topic == nil || topic.Code != "damaged" {
		t.Error("all texts of a feedback are looked at before a later topic counts")
	}
}

func FuzzClassifier(f *testing.F) {
	f.Add("Where is my order? 破损")
	f.Add("\xff\xfe")
	c := NewClassifier(topics)
	f.Fuzz(func(_ *testing.T, text string) { c.Topic(text) })
}

func TestSeverityRisesWithPriorityAndBadScores(t *testing.T) {
	c := NewClassifier(topics)
	bad, good := 0.0, 10.0
	for _, one := range []struct {
		row  schemas.InteractionRow
		want int64
	}{
		{schemas.InteractionRow{}, 3},
		{schemas.InteractionRow{Priority: "Urgent"}, 4},
		{schemas.InteractionRow{Priority: "high", Score: &bad, ScoreKind: ScoreCSAT}, SeverityUrgent},
		{schemas.InteractionRow{Score: &good, ScoreKind: ScoreNPS}, 3},
	} {
		one.row.Kind, one.row.Time = "ticket", 1
		got, ok := c.Feedback(&one.row, "broken", "", 10)
		if !ok || got.Severity != one.want || got.Category != CategoryProduct || got.Department != "quality" {
			t.Errorf("%+v: severity %d, want %d", one.row, got.Severity, one.want)
		}
	}
	if _, ok := c.Feedback(&schemas.InteractionRow{Kind: "email", Direction: "out", Time: 1}, "", "", 10); ok {
		t.Error("what the company sent is feedback")
	}
	if _, ok := c.Feedback(&schemas.InteractionRow{Kind: "ticket", Time: 10}, "", "", 10); ok {
		t.Error("what comes after as_of is seen")
	}
}

func TestOnlyAnswersFromZeroToTenCount(t *testing.T) {
	var s Scores
	for _, v := range []float64{10, 9, 8, 7, 6, 0, 11, -1, 7.5} {
		s.Count(ScoreNPS, &v)
	}
	if s.Answers != 6 || *s.NPS() != 0 {
		t.Errorf("%d answers, score %v; want 6 and (2-2)/6", s.Answers, *s.NPS())
	}
	if (&Scores{}).NPS() != nil || (&Scores{}).CSAT() != nil {
		t.Error("no answer has a score")
	}
}

func TestMistakesInTopicsSayWhatIsWrong(t *testing.T) {
	for want, topic := range map[string]Topic{
		`topic "x": category "goods" is none of product, service, need, other`: {Code: "x", Category: "goods", Severity: 1, Words: []string{"ab"}},
		`topic "x": severity 9 must be 1 (remark) to 4 (urgent)`:               {Code: "x", Category: CategoryNeed, Severity: 9, Words: []string{"ab"}},
		`topic "x" has no words`:                            {Code: "x", Category: CategoryNeed, Severity: 1},
		`topic "x": word "a" is too short to tell anything`: {Code: "x", Category: CategoryNeed, Severity: 1, Words: []string{"a"}},
	} {
		if err := topic.Check(); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
