package runs

import "fmt"

// Changes says in words how a planned run differs from the current one.
func Changes(p *Plan) []string {
	if p.Current == "" {
		return []string{"first run into this output folder"}
	}
	before, err := ReadInputs(Layout{p.Env.Layout.Out, p.Current})
	if err != nil {
		return []string{err.Error()}
	}
	return Differences(before, p.Env.Inputs)
}

// Differences says in words how the inputs of two runs differ.
func Differences(before, now *Inputs) []string {
	var lines []string
	compare := func(what, a, b string) {
		if a != b {
			lines = append(lines, what)
		}
	}
	compare(fmt.Sprintf("as_of is %s, was %s", now.AsOf, before.AsOf), now.AsOf, before.AsOf)
	compare("the config or its rules changed", now.ConfigHash, before.ConfigHash)
	compare("the program changed", now.Code, before.Code)
	compare("the salt changed: all customer ids will be new", now.SaltHash, before.SaltHash)
	for _, name := range []string{"decisions", "model", "suppression", "fx", "ledger"} {
		compare(name+" changed", now.Extra[name], before.Extra[name])
	}
	old := map[string]string{}
	for _, f := range before.Files {
		old[f.Source+"/"+f.Name] = f.SHA256
	}
	for _, f := range now.Files {
		name := f.Source + "/" + f.Name
		switch sum, known := old[name]; {
		case !known:
			lines = append(lines, "new file "+name)
		case sum != f.SHA256:
			lines = append(lines, "changed file "+name)
		}
		delete(old, name)
	}
	for _, f := range before.Files {
		if name := f.Source + "/" + f.Name; old[name] != "" {
			lines = append(lines, "file gone: "+name)
		}
	}
	return lines
}
