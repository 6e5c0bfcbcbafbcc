package identity

import (
	"context"
	"encoding/binary"
	"strings"
	"sync"
	"unsafe"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/resolve"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// origin is where records come from; there are few.
type origin struct{ source, system, space, object string }

// population is what clustering holds of all parties, by ordinal: texts in arenas, about 100
// bytes a party.
type population struct {
	refs         arena
	names        arena // full, given and family name of persons, each with its length before it
	organization []bool
	origins      []origin
	origin       []uint32            // of each party, index into origins
	single       map[uint32][]string // single-valued identifiers of those that have some
	features     arena               // what is compared of those that have a bond, else empty
	present      []bool              // neither deleted nor an account that many share
}

// arena holds texts one after another.
type arena struct {
	data []byte
	ends []uint64
}

func (a *arena) end() { a.ends = append(a.ends, uint64(len(a.data))) }

// at is a text of the arena, which must not grow as long as it is in use.
func (a *arena) at(i uint32) string {
	start := uint64(0)
	if i > 0 {
		start = a.ends[i-1]
	}
	if start == a.ends[i] {
		return ""
	}
	return unsafe.String(&a.data[start], a.ends[i]-start)
}

func (a *arena) concat(b *arena) {
	base := uint64(len(a.data))
	a.data = append(a.data, b.data...)
	for _, end := range b.ends {
		a.ends = append(a.ends, base+end)
	}
}

func (p *population) len() int { return len(p.organization) }

// ref is a party's reference.
func (p *population) ref(i uint32) string { return p.refs.at(i) }

// ranks are the places of all parties among all, whatever parts they lie in.
func (p *population) ranks() []uint64 {
	ranks := make([]uint64, p.len())
	for i := range ranks {
		ranks[i] = resolve.RankOf(p.ref(uint32(i)))
	}
	return ranks
}

// feature is what is compared of a record, if it is kept.
func (p *population) feature(i uint32) (f resolve.Features, ok bool) {
	packed := p.features.at(i)
	if packed == "" {
		return f, false
	}
	err := featuresCodec.Decode(unsafe.Slice(unsafe.StringData(packed), len(packed)), &f)
	return f, err == nil
}

// name is a person's name as the record has it.
func (p *population) name(i uint32) (full, given, family string) {
	packed := p.names.at(i)
	next := func() string {
		length, n := binary.Uvarint([]byte(packed[:min(len(packed), binary.MaxVarintLen64)]))
		if n <= 0 {
			return ""
		}
		text := packed[n : n+int(length)]
		packed = packed[n+int(length):]
		return text
	}
	return next(), next(), next()
}

// populationColumns are the columns of a party that clustering reads.
var populationColumns = append([]string{"system", "source", "deleted", "merged_into"}, featureColumns...)

// populationReaders is how many parts of the parties are read at a time.
const populationReaders = 2

// readPopulation reads all parties, in order of their ordinals.
// Features are kept of those that are wanted.
func readPopulation(ctx context.Context, p *clusterParams, texts []string, wanted []bool, progress func(int)) (*population, error) {
	parts := make([]*population, len(p.Parties))
	errs := make([]error, len(p.Parties))
	var wait sync.WaitGroup
	var mutex sync.Mutex
	slots := make(chan struct{}, populationReaders)
	for i, path := range p.Parties {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			parts[i], errs[i] = readPart(ctx, path, p.Bases[i], p.Settings, texts, wanted, func(n int) {
				mutex.Lock()
				progress(n)
				mutex.Unlock()
			})
		})
	}
	wait.Wait()
	people := &population{single: map[uint32][]string{}}
	known := map[origin]uint32{}
	for i, part := range parts {
		if errs[i] != nil {
			return nil, errs[i]
		}
		people.add(part, known)
		parts[i] = nil
	}
	return people, nil
}

func (p *population) add(part *population, known map[origin]uint32) {
	base := uint32(p.len())
	p.refs.concat(&part.refs)
	p.names.concat(&part.names)
	p.features.concat(&part.features)
	p.organization = append(p.organization, part.organization...)
	p.present = append(p.present, part.present...)
	number := make([]uint32, len(part.origins))
	for i, o := range part.origins {
		n, ok := known[o]
		if !ok {
			n = uint32(len(p.origins))
			known[o] = n
			p.origins = append(p.origins, o)
		}
		number[i] = n
	}
	for _, o := range part.origin {
		p.origin = append(p.origin, number[o])
	}
	for i, values := range part.single {
		p.single[base+i] = values
	}
}

func readPart(ctx context.Context, path string, base uint32, settings resolve.Settings, texts []string, wanted []bool, progress func(int)) (*population, error) {
	part := &population{single: map[uint32][]string{}}
	known := map[origin]uint32{}
	ordinal := base
	err := warehouse.Read(ctx, path, populationColumns, func(rows []schemas.Party) error {
		for i := range rows {
			part.append(&rows[i], settings, known)
			if wanted[ordinal] {
				f := resolve.FeaturesOf(&rows[i], ordinal, texts)
				part.features.data = featuresCodec.Append(part.features.data, &f)
			}
			part.features.end()
			ordinal++
		}
		progress(len(rows))
		return nil
	})
	return part, err
}

func (p *population) append(r *schemas.Party, settings resolve.Settings, known map[origin]uint32) {
	p.refs.data = append(p.refs.data, r.Namespace...)
	p.refs.data = append(append(p.refs.data, ':'), r.Object...)
	p.refs.data = append(append(p.refs.data, ':'), r.Key...)
	p.refs.end()
	organization := r.Kind == schemas.Organization
	if !organization && (r.FullName != "" || r.GivenName != "" || r.FamilyName != "") {
		for _, text := range [3]string{r.FullName, r.GivenName, r.FamilyName} {
			p.names.data = append(binary.AppendUvarint(p.names.data, uint64(len(text))), text...)
		}
	}
	p.names.end()
	if values := resolve.SingleOf(r, settings); len(values) > 0 {
		p.single[uint32(len(p.organization))] = values
	}
	p.organization = append(p.organization, organization)
	p.present = append(p.present, !r.Deleted && r.Role != schemas.RoleOneTime)
	o := origin{r.Source, r.System, r.Namespace, r.Object}
	n, ok := known[o]
	if !ok {
		o = origin{strings.Clone(r.Source), strings.Clone(r.System), strings.Clone(r.Namespace), strings.Clone(r.Object)}
		n = uint32(len(p.origins))
		known[o] = n
		p.origins = append(p.origins, o)
	}
	p.origin = append(p.origin, n)
}
