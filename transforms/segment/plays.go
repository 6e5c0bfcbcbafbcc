package segment

import (
	"encoding/binary"
	"slices"
	"unsafe"

	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// Play is what is done with customers in a certain state: a welcome, a win-back. A customer is in
// one play at most, that of the smallest priority whose condition holds and which has a channel
// that the customer may be reached by.
type Play struct {
	Code     string
	Name     Name
	When     *Expression
	Reason   Name
	Channels []string // in the order in which they are tried
	Service  bool     // no marketing: needs no consent, but respects an objection
	Control  float64  // share that is not contacted, for comparison
	Priority int64
	File     string
	Line     int
	day      *column // day that the play is for; nil = the day after as_of
	lead     int32   // days before it
}

// Channels of plays.
var playChannels = []string{"email", "sms", "phone", "wechat", "app"}

// DefaultControl is the share of a play's customers that is not contacted unless the rule says
// otherwise.
const DefaultControl = 0.10

// DefaultPriority comes after all that the built-in plays have.
const DefaultPriority = 100

type playDocument struct {
	Code     string    `yaml:"code"`
	Name     Name      `yaml:"name"`
	When     condition `yaml:"when"`
	Reason   Name      `yaml:"reason"`
	Channels []string  `yaml:"channels"`
	Purpose  string    `yaml:"purpose"`
	Day      string    `yaml:"day"`
	LeadDays int64     `yaml:"lead_days"`
	Control  *float64  `yaml:"control"`
	Priority *int64    `yaml:"priority"`
}

// contactDocument bounds how often customers are contacted.
type contactDocument struct {
	Cap *int64 `yaml:"cap_30d"`
}

func (l *loader) contact(d *contactDocument, line int) {
	if !l.first("contact", line) {
		return
	}
	if d.Cap == nil || *d.Cap < 1 {
		l.fail(line, "contact: cap_30d must be 1 or more: contacts in 30 days from which on a customer is left alone")
		return
	}
	l.rules.Cap = *d.Cap
}

func (l *loader) play(d *playDocument, line int) {
	if !l.code("code", d.Code, line) || !l.first("play "+d.Code, line) {
		return
	}
	p := Play{
		Code: d.Code, Name: d.Name, When: l.compile(d.When, line), Reason: d.Reason, Channels: d.Channels, Control: DefaultControl, Priority: DefaultPriority,
		lead: int32(d.LeadDays), File: l.name, Line: line,
	}
	if p.Reason == (Name{}) {
		p.Reason = d.Name
	}
	if p.Reason.EN == "" {
		p.Reason.EN = d.Code
	}
	switch d.Purpose {
	case "", "marketing":
	case "service":
		p.Service = true
	default:
		l.fail(line, "play %q: unknown purpose %q%s", d.Code, d.Purpose, strictyaml.Suggest(d.Purpose, []string{"marketing", "service"}))
	}
	if len(d.Channels) == 0 {
		l.fail(line, "play %q names no channels; valid: %v", d.Code, playChannels)
	}
	for _, c := range d.Channels {
		if !contains(playChannels, c) {
			l.fail(line, "play %q: unknown channel %q%s", d.Code, c, strictyaml.Suggest(c, playChannels))
		}
	}
	if d.Control != nil {
		p.Control = *d.Control
	}
	if !(p.Control >= 0 && p.Control < 1) {
		l.fail(line, "play %q: control %v must be a share from 0 to below 1", d.Code, p.Control)
	}
	if d.Priority != nil {
		p.Priority = *d.Priority
	}
	if p.Priority < 1 {
		l.fail(line, "play %q: priority must be 1 or more", d.Code)
	}
	if d.LeadDays < 0 || d.LeadDays > 365 {
		l.fail(line, "play %q: lead_days must be from 0 to 365", d.Code)
	}
	if d.Day != "" {
		if p.day = columnsOnce()[d.Day]; p.day == nil || p.day.kind != kindTime {
			l.fail(line, "play %q: day %q is no column of days%s", d.Code, d.Day, nearest(d.Day, timeColumns()))
		}
	}
	if i := slices.IndexFunc(l.rules.Plays, func(q Play) bool { return q.Code == p.Code }); i >= 0 {
		l.rules.Plays[i] = p
		return
	}
	l.rules.Plays = append(l.rules.Plays, p)
}

func timeColumns() []string {
	return slices.DeleteFunc(Columns(), func(name string) bool { return columnsOnce()[name].kind != kindTime })
}

// Action is the row of customer_action of a customer whose columns and segments are final, but for
// the run's columns; false where no play fits. No play takes a customer with an open complaint,
// one who objects to marketing on all channels or to profiling, or one whom the business has
// contacted as often as the cap allows. A customer of a play's control group stays in it: another
// play would spoil the comparison.
func (r *Rules) Action(c *schemas.Customer) (schemas.CustomerAction, bool) {
	if c.OpenTickets > 0 || r.Cap > 0 && c.Contacts30d >= r.Cap {
		return schemas.CustomerAction{}, false
	}
	checked := false
	for i := range r.Plays {
		p := &r.Plays[i]
		if !p.When.Match(c) {
			continue
		}
		if !checked && objects(c) {
			break
		}
		checked = true
		channel := p.channel(c)
		if channel == "" {
			continue
		}
		day := p.best(c)
		return schemas.CustomerAction{
			CustomerID: c.CustomerID, Play: p.Code, Reason: p.Reason.EN, ReasonZH: p.Reason.ZH, Channel: channel, BestDay: &day, Owner: c.Owner,
			Priority: p.Priority, Control: InControl(p.Code, c.CustomerID, p.Control),
		}, true
	}
	return schemas.CustomerAction{}, false
}

// Purposes and statuses of consents, as the customers table has them.
const (
	purposeMarketing = "marketing"
	purposeProfiling = "profiling"
	purposeService   = "service"
	statusGranted    = "granted"
	allChannels      = "all"
)

// status is what a customer says about a purpose and channel; "" = nothing.
func status(c *schemas.Customer, purpose, channel string) string {
	for i := range c.Consents {
		if s := &c.Consents[i]; s.Purpose == purpose && s.Channel == channel {
			return s.Status
		}
	}
	return ""
}

// objects tells whether a customer has opted out of marketing altogether, or of profiling on any
// channel: who gets a play is decided by a profile.
func objects(c *schemas.Customer) bool {
	for i := range c.Consents {
		s := &c.Consents[i]
		if s.Status != statusGranted && (s.Purpose == purposeProfiling || s.Purpose == purposeMarketing && s.Channel == allChannels) {
			return true
		}
	}
	return false
}

// consentChannels are the channels of consents that a play's channel falls under.
func consentChannels(channel string) []string {
	if channel == "wechat" {
		return []string{"wechat", "wecom"}
	}
	return []string{channel}
}

// channel is the first channel by which the customer can and may be reached: for marketing by a
// grant that nothing speaks against, for service where there is no objection.
func (p *Play) channel(c *schemas.Customer) string {
	purpose := purposeMarketing
	if p.Service {
		purpose = purposeService
	}
	for _, channel := range p.Channels {
		if !reachable(c, channel) {
			continue
		}
		granted := p.Service || status(c, purpose, allChannels) == statusGranted
		refused := false
		for _, name := range consentChannels(channel) {
			switch status(c, purpose, name) {
			case "":
			case statusGranted:
				granted = true
			default:
				refused = true
			}
		}
		if granted && !refused {
			return channel
		}
	}
	return ""
}

// reachable tells whether there is an identifier for a channel.
func reachable(c *schemas.Customer, channel string) bool {
	switch channel {
	case "email":
		return c.Email != ""
	case "sms", "phone":
		return c.Phone != ""
	}
	for i := range c.Identifiers {
		switch id := c.Identifiers[i].Type; channel {
		case "wechat":
			if id == "unionid" || id == "openid" || id == "external_userid" || id == "wecom" {
				return true
			}
		case "app":
			if id == "device" || id == "app_user" || id == "push_token" {
				return true
			}
		}
	}
	return false
}

// best is the day on which to act: the lead before the play's day, from the day after as_of on.
func (p *Play) best(c *schemas.Customer) int32 {
	first := c.AsOf + 1
	if p.day == nil {
		return first
	}
	at, ok := p.day.number(unsafe.Pointer(c))
	if !ok {
		return first
	}
	return max(first, int32(at/microsPerDay)-p.lead)
}

// InControl tells whether a customer is in the control group of a list or play: a hash of both,
// so that the group stays the same from run to run.
func InControl(code, customerID string, share float64) bool {
	if share <= 0 {
		return false
	}
	key := binary.AppendUvarint(nil, uint64(len(code)))
	key = append(append(key, code...), customerID...)
	return float64(xxh3.Hash(key)>>11)/(1<<53) < share
}
