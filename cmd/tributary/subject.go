package main

import (
	"fmt"

	"github.com/tributary-cdp/tributary/pipelines/subject"
)

// exportSubjectCommand answers a person's request for access.
type exportSubjectCommand struct {
	configFlags
	ID  string `arg:"" help:"A customer_id, source/source_id or a reference."`
	Dir string `help:"Folder for the two files." default:"." type:"path"`
}

// Run writes all that is held on one person into two files. What is printed names nobody.
func (c *exportSubjectCommand) Run(io *streams) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	export, err := subject.Gather(io.ctx, cfg, c.ID)
	if err != nil {
		return err
	}
	paths, err := export.Save(c.Dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(io.out, "customer %s of run %s: %s rows of %d tables\n", export.CustomerID, export.RunID, thousands(int64(export.Rows())), len(export.Tables))
	for _, path := range paths {
		fmt.Fprintf(io.out, "  %s\n", path)
	}
	fmt.Fprintln(io.out, "These files hold personal data: hand them over safely, then delete them.")
	return nil
}
