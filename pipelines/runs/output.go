package runs

import (
	"errors"
	"sort"

	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// PartFile is one finished part with the hash of its columns.
type PartFile struct {
	Schema string             `json:"schema"`
	Info   warehouse.FileInfo `json:"info"`
}

// Outputs are the parts that one partition of a job writes, one for each table.
type Outputs struct {
	Files map[string]PartFile // finished parts by folder
	dir   string
	part  int
	all   []outputPart
}

type outputPart interface {
	close() error
	abort()
}

// NewOutputs begins the outputs of one partition below the run's folder.
func NewOutputs(dir string, part int) *Outputs {
	return &Outputs{Files: map[string]PartFile{}, dir: dir, part: part}
}

// Output writes one table of one partition. The part is made with the first row; partition 0
// always makes one, so that every table has a schema.
type Output[T any] struct {
	outputs *Outputs
	folder  string
	w       *warehouse.Writer[T]
}

// NewOutput adds a table.
func NewOutput[T any](o *Outputs, folder string) *Output[T] {
	out := &Output[T]{outputs: o, folder: folder}
	o.all = append(o.all, out)
	return out
}

// Add appends one row.
func (o *Output[T]) Add(row *T) error {
	if err := o.open(); err != nil {
		return err
	}
	return o.w.Add(row)
}

// CopyFrom lets columns of the part be those of another part, see warehouse.CreateWith. It comes
// before the first row.
func (o *Output[T]) CopyFrom(donor string, columns ...string) (err error) {
	o.w, err = warehouse.CreateWith[T](o.outputs.dir, o.folder, o.outputs.part, donor, columns...)
	return err
}

func (o *Output[T]) open() (err error) {
	if o.w == nil {
		o.w, err = warehouse.Create[T](o.outputs.dir, o.folder, o.outputs.part)
	}
	return err
}

func (o *Output[T]) close() error {
	if o.outputs.part == 0 {
		if err := o.open(); err != nil {
			return err
		}
	}
	if o.w == nil {
		return nil
	}
	info, err := o.w.Close()
	if err == nil {
		o.outputs.Files[o.folder] = PartFile{warehouse.SchemaHash[T](), info}
	}
	return err
}

func (o *Output[T]) abort() {
	if o.w != nil {
		o.w.Abort()
	}
}

// Close finishes all parts.
func (o *Outputs) Close() error {
	var errs []error
	for _, part := range o.all {
		errs = append(errs, part.close())
	}
	return errors.Join(errs...)
}

// Abort throws all parts away.
func (o *Outputs) Abort() {
	for _, part := range o.all {
		part.abort()
	}
}

// AddTo puts the parts of one partition into a manifest.
func AddTo(m *warehouse.Manifest, files map[string]PartFile) {
	folders := make([]string, 0, len(files))
	for folder := range files {
		folders = append(folders, folder)
	}
	sort.Strings(folders)
	for _, folder := range folders {
		m.Add(folder, files[folder].Schema, files[folder].Info)
	}
}

// WriteTable writes a small table as one part and adds it to the manifest. columns finds the
// run's columns of a row, which are filled in.
func WriteTable[T any](p *Base, m *warehouse.Manifest, table string, rows []T, columns func(*T) *schemas.RunColumns) error {
	w, err := warehouse.Create[T](p.Dir, table, 0)
	if err != nil {
		return err
	}
	for i := range rows {
		*columns(&rows[i]) = p.Stamp()
		if err := w.Add(&rows[i]); err != nil {
			w.Abort()
			return err
		}
	}
	info, err := w.Close()
	if err != nil {
		return err
	}
	m.Add(table, warehouse.SchemaHash[T](), info)
	return nil
}
