package identity_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-cdp/tributary/internal/pipetest"
	"github.com/tributary-cdp/tributary/pipelines/identity"
	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
)

// town is an export of invented persons, two records each, many of which only the model brings
// together. A test changes it between runs.
type town struct {
	t         *testing.T
	dir       string
	day       int
	rows      map[int]string // id -> rest of the row
	order     []int
	pinned    bool
	decisions []string
	env       *runs.Env
	random    *rand.Rand
}

func newTown(t *testing.T, persons int) *town {
	w := &town{t: t, dir: t.TempDir(), rows: map[int]string{}, random: rand.New(rand.NewPCG(7, 8))}
	w.grow(persons)
	return w
}

// grow adds persons with two records each.
func (w *town) grow(persons int) {
	given := []string{"Nora", "Paul", "Ada", "Jana", "Marcus", "Vikram", "Asha", "Tom", "Rosa", "Clara", "Peter", "Sophie"}
	syllables := []string{"ber", "lin", "mos", "tan", "gar", "fel", "dro", "wick", "holt", "pen", "sur", "vey"}
	of := func(list []string) string { return list[w.random.IntN(len(list))] }
	often := func(p float64) bool { return w.random.Float64() < p }
	for range persons {
		n := len(w.rows)
		first, family := of(given), of(syllables)+of(syllables)+of(syllables)
		birth := fmt.Sprintf("%d-%02d-%02d", 1940+w.random.IntN(60), 1+w.random.IntN(12), 1+w.random.IntN(28))
		email, code := fmt.Sprintf("%s%d@example.com", of(syllables), w.random.IntN(1e8)), fmt.Sprint(100000+w.random.IntN(700000))
		for i := range 2 {
			name, b, e := first+" "+family, birth, email
			if often(.1) {
				name = first + " " + family[:len(family)-1]
			}
			if often(.1) {
				b = ""
			}
			if often(.6) {
				e = ""
			}
			w.put(n+i, fmt.Sprintf("%s,%s,%s,%s", name, e, b, code))
		}
	}
}

func (w *town) put(id int, row string) {
	if _, ok := w.rows[id]; !ok {
		w.order = append(w.order, id)
	}
	w.rows[id] = row
}

// dated tells whether a record has a birth date.
func (w *town) dated(id int) bool { return strings.Split(w.rows[id], ",")[2] != "" }

func (w *town) drop(id int) {
	delete(w.rows, id)
	w.order = slices.DeleteFunc(w.order, func(i int) bool { return i == id })
}

// run takes the next run and returns the customer of every record.
func (w *town) run() map[string]string {
	w.t.Helper()
	w.day++
	model := ""
	if w.pinned {
		data, err := os.ReadFile(filepath.Join(w.env.Layout.Job(identity.ScoreJob), identity.ModelFile))
		if err != nil {
			w.t.Fatal(err)
		}
		pipetest.Write(w.t, w.dir, map[string]string{"model.json": string(data)})
		model = ", model: model.json"
	}
	var people strings.Builder
	people.WriteString("id,name,email,birth,code\n")
	for _, id := range w.order {
		fmt.Fprintf(&people, "%d,%s\n", id, w.rows[id])
	}
	pipetest.Write(w.t, w.dir, map[string]string{
		"tributary.yaml": fmt.Sprintf(`{project: town, as_of: 2026-06-%02d, timezone: UTC, currency: EUR, output: {path: out},
sources: [{name: crm, path: people.csv, mapping: {record: party, key: id, fields: {full_name: name, email: email, birth_date: birth, postcode: code}}}],
identity: {regions: [GB], decisions: decisions.csv%s}}`, w.day, model),
		"people.csv": people.String(), "decisions.csv": "left,right,decision\n" + strings.Join(w.decisions, "\n") + "\n",
	})
	w.env = pipetest.Run(w.t, filepath.Join(w.dir, "tributary.yaml"), stage)
	out := map[string]string{}
	for _, row := range pipetest.Table[schemas.IdentityMap](w.t, w.env, "identity_map") {
		out[row.SourceID] = row.CustomerID
	}
	return out
}

// events of the last run by kind.
func (w *town) events() map[string]int {
	out := map[string]int{}
	for _, e := range pipetest.Table[schemas.IdentityEvent](w.t, w.env, "identity_event") {
		if e.RunID == w.env.Layout.RunID {
			out[e.Event]++
		}
	}
	return out
}

// changed counts records whose customer has another id, of those that are in both runs.
func changed(before, after map[string]string) (n int) {
	for record, id := range before {
		if now, ok := after[record]; ok && now != id {
			n++
		}
	}
	return n
}

// regrouped counts records that are in both runs and whose cluster holds others of these now.
func regrouped(before, after map[string]string) (n int) {
	was, is := map[string][]string{}, map[string][]string{}
	for record, id := range before {
		if now, ok := after[record]; ok {
			was[id], is[now] = append(was[id], record), append(is[now], record)
		}
	}
	for record, id := range before {
		if now, ok := after[record]; ok {
			a, b := was[id], is[now]
			slices.Sort(a)
			slices.Sort(b)
			if !slices.Equal(a, b) {
				n++
			}
		}
	}
	return n
}

func TestIDsAreStableWhileTheTownGrowsShrinksAndIsShuffled(t *testing.T) {
	for _, pinned := range []bool{true, false} {
		name := "trained anew"
		if pinned {
			name = "pinned"
		}
		t.Run(name, func(t *testing.T) {
			const persons = 100
			w := newTown(t, persons)
			first := w.run()
			joined := 0
			for i := range persons {
				if first[fmt.Sprint(2*i)] == first[fmt.Sprint(2*i+1)] {
					joined++
				}
			}
			if joined < persons*8/10 {
				t.Fatalf("%d of %d persons are one customer: too few to say anything about", joined, persons)
			}
			w.pinned = pinned

			// The same records in another order: nothing happens.
			w.random.Shuffle(len(w.order), func(i, j int) { w.order[i], w.order[j] = w.order[j], w.order[i] })
			shuffled := w.run()
			if n := changed(first, shuffled); n != 0 || len(w.events()) != 0 {
				t.Errorf("shuffled: %d records have another id, events %v", n, w.events())
			}

			// A twentieth more: a record whose cluster is as it was keeps its id, and what is new is created.
			w.grow(persons / 20)
			grown := w.run()
			if n := regrouped(shuffled, grown); changed(shuffled, grown) > n || pinned && n > 4 {
				t.Errorf("grown: %d records have another id, %d another cluster, events %v", changed(shuffled, grown), n, w.events())
			}
			if created := w.events()["created"]; created < persons/20 || created > 2*persons/20 {
				t.Errorf("grown by %d persons: events %v", persons/20, w.events())
			}

			// A twentieth less, one record each: the ids of the others stay, nobody is created.
			for i := range persons / 20 {
				w.drop(2 * i)
			}
			shrunk := w.run()
			if n := regrouped(grown, shrunk); changed(grown, shrunk) > n || pinned && n > 4 || w.events()["created"] != 0 {
				t.Errorf("shrunk: %d records have another id, %d another cluster, events %v", changed(grown, shrunk), n, w.events())
			}

			// One person changes the e-mail address: a cluster that holds by name, birth date and postcode stays.
			at := persons - 1
			for first[fmt.Sprint(2*at)] != first[fmt.Sprint(2*at+1)] || !w.dated(2*at) || !w.dated(2*at+1) {
				at--
			}
			cells := strings.Split(w.rows[2*at], ",")
			cells[1] = "another.address@example.com"
			w.put(2*at, strings.Join(cells, ","))
			moved := w.run()
			record := fmt.Sprint(2 * at)
			if n := changed(shrunk, moved); n > 1 || pinned && n > 0 {
				t.Errorf("changed address of %s: %d records have another id, events %v", record, n, w.events())
			}

			// A merge is undone by decision: one part keeps the id, the other is split off, for ever.
			w.decisions = []string{fmt.Sprintf("crm:party:%d,crm:party:%d,different", 2*at, 2*at+1)}
			for range 2 {
				split := w.run()
				a, b := split[fmt.Sprint(2*at)], split[fmt.Sprint(2*at+1)]
				if a == b || a != moved[record] && b != moved[record] {
					t.Errorf("undone: %s and %s, both were %s, events %v", a, b, moved[record], w.events())
				}
				if n := changed(moved, split); n != 1 {
					t.Errorf("undone: %d records have another id", n)
				}
				w.random.Shuffle(len(w.order), func(i, j int) { w.order[i], w.order[j] = w.order[j], w.order[i] })
			}
			if len(w.events()) != 0 {
				t.Errorf("nothing has happened since, but %v", w.events())
			}
			w.decisions = nil
			again := w.run()
			if n := changed(moved, again); n != 0 {
				t.Errorf("the decision is taken back: %d records have another id than before it, events %v", n, w.events())
			}
		})
	}
}
