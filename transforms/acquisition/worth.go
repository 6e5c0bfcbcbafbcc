package acquisition

import (
	"cmp"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/aggregate"
	"github.com/tributary-cdp/tributary/transforms/codec"
)

// value are lifetime values that add up.
type value struct{ N, Sum int64 }

func (v *value) Add(o *value) {
	v.N += o.N
	v.Sum += o.Sum
}

func (v *value) mean() *int64 {
	if v == nil {
		return nil
	}
	return aggregate.Mean(v.Sum, v.N)
}

// Worth adds up what customers are worth by where they came from. It is counted after the models
// were fitted, apart from the Ledger. Not for use by two goroutines at a time.
type Worth struct {
	campaigns map[string]string
	sources   *aggregate.Sums[sourceKey, value, *value]
	needs     *aggregate.Sums[needKey, value, *value]
}

// NewWorth returns an empty Worth.
func NewWorth(costs Costs) *Worth {
	return &Worth{
		campaigns: costs.Campaigns(),
		sources: aggregate.New[sourceKey, value, *value](func(a, b sourceKey) int {
			return cmp.Or(strings.Compare(a.Channel, b.Channel), strings.Compare(a.Campaign, b.Campaign), cmp.Compare(a.Month, b.Month))
		}),
		needs: aggregate.New[needKey, value, *value](func(a, b needKey) int {
			return cmp.Or(strings.Compare(a.Channel, b.Channel), strings.Compare(a.Need, b.Need))
		}),
	}
}

// Customer adds a buyer whose lifetime value is known.
func (w *Worth) Customer(p *schemas.CustomerProfile, lifetime *int64) {
	if p.FirstOrderDay == nil || lifetime == nil {
		return
	}
	channel, campaign := Origin(w.campaigns, p)
	one := value{1, *lifetime}
	w.sources.At(sourceKey{channel, campaign, Month(*p.FirstOrderDay)}).Add(&one)
	for _, need := range Needs(p) {
		w.needs.At(needKey{channel, need}).Add(&one)
	}
}

type worthParts struct{ Sources, Needs []byte }

var worthCodec = codec.For[worthParts]()

// Bytes are the sums of a part.
func (w *Worth) Bytes() []byte {
	return worthCodec.Append(nil, &worthParts{w.sources.Bytes(), w.needs.Bytes()})
}

// Merge adds the sums of another part, as Bytes gave them. data must not change afterwards.
func (w *Worth) Merge(data []byte) error {
	var p worthParts
	if err := worthCodec.Decode(data, &p); err != nil {
		return err
	}
	return cmp.Or(w.sources.Merge(p.Sources), w.needs.Merge(p.Needs))
}
