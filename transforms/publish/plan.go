package publish

// Load is what publishing would do for one table.
type Load struct {
	Table string
	Rows  int64
	Bytes int64
	Files int
	Job   string // id of the first attempt's load job; empty = no rows, nothing to load
}

// Plan checks the parts of a run and lists its load jobs, without a call of the service.
func Plan(target Target, run Run) ([]Load, error) {
	p := newPublisher(target, run)
	files, err := p.files()
	if err != nil {
		return nil, err
	}
	loads := make([]Load, len(files))
	for i, t := range files {
		loads[i] = Load{Table: t.table.Name, Rows: t.files.Rows, Bytes: t.files.Bytes, Files: len(t.files.Files)}
		if t.files.Rows > 0 {
			loads[i].Job = p.jobPrefix(t, 1)
		}
	}
	return loads, nil
}
