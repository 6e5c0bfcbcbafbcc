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
	texts        []string            // free columns that are compared
	features     *featureStore
	present      []bool // neither deleted nor an account that many share
}

// arena holds texts one after another.
type arena struct {
	data []byte
	ends []uint64
}

func (a *arena) end() { a.ends = append(a.ends, uint64(len(a.data))) }

// bytes are a text of the arena, which must not grow as long as it is in use.
func (a *arena) bytes(i uint32) []byte {
	start := uint64(0)
	if i > 0 {
		start = a.ends[i-1]
	}
	return a.data[start:a.ends[i]]
}

// at is a text of the arena, which must not grow as long as it is in use.
func (a *arena) at(i uint32) string {
	text := a.bytes(i)
	return unsafe.String(unsafe.SliceData(text), len(text))
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

// feature is what is compared of a record.
func (p *population) feature(i uint32) (f resolve.Features, ok bool) {
	ok = p.features.decode(i, p.texts, &f) == nil
	return f, ok
}

// name is a person's name as the record has it.
func (p *population) name(i uint32) (full, given, family string) {
	packed := p.names.bytes(i)
	next := func() string {
		length, n := binary.Uvarint(packed)
		if n <= 0 || length == 0 {
			packed = packed[max(n, 0):]
			return ""
		}
		text := unsafe.String(&packed[n], length)
		packed = packed[n+int(length):]
		return text
	}
	return next(), next(), next()
}

// populationColumns are the columns of a party that clustering reads.
var populationColumns = []string{
	"system", "source", "deleted", "merged_into", "derived", "namespace", "object", "key", "kind", "role", "full_name", "given_name", "family_name", "ids",
}

// populationReaders is how many parts of the parties are read at a time.
const populationReaders = 2

// readPopulation reads all parties, in order of their ordinals.
// Features of them are read with texts as their free columns.
func readPopulation(ctx context.Context, p *clusterParams, texts []string, progress func(int)) (*population, error) {
	parts := make([]*population, len(p.Parties))
	errs := make([]error, len(p.Parties))
	var wait sync.WaitGroup
	var mutex sync.Mutex
	slots := make(chan struct{}, populationReaders)
	for i, path := range p.Parties {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			parts[i], errs[i] = readPart(ctx, path, p.Settings, func(n int) {
				mutex.Lock()
				progress(n)
				mutex.Unlock()
			})
		})
	}
	wait.Wait()
	people := &population{single: map[uint32][]string{}, texts: texts}
	var err error
	if people.features, err = loadFeatures(p.Layout()); err != nil {
		return nil, err
	}
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

func readPart(ctx context.Context, path string, settings resolve.Settings, progress func(int)) (*population, error) {
	part := &population{single: map[uint32][]string{}}
	known := map[origin]uint32{}
	err := warehouse.Read(ctx, path, populationColumns, func(rows []schemas.Party) error {
		for i := range rows {
			part.append(&rows[i], settings, known)
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
