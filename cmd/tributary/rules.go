package main

import (
	"embed"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/tributary-cdp/tributary/pipelines/runs"
	"github.com/tributary-cdp/tributary/schemas"
	"github.com/tributary-cdp/tributary/transforms/strictyaml"
)

// rulesCommand prints rules, or tries them.
type rulesCommand struct {
	Show rulesShowCommand `cmd:"" default:"withargs" help:"Print the built-in rules as a starting point."`
	Test rulesTestCommand `cmd:"" help:"Try the config's rules on the customers of the current run: how many each takes, which, and what is wrong."`
}

type rulesShowCommand struct {
	Name string `arg:"" optional:"" help:"Print these rules only: value, lifecycle, funnel, behaviour, loyalty, target, plays, topics, targets, tiers, audience, market."`
}

// rulesHead says what the printed text is good for.
const rulesHead = `# Rules: one YAML document each, conditions in CEL over the columns of table customers
# (tributary tables customers). A comparison with an unknown value is false. Save what you
# change as a file in the folder that rules: names in the config; a rule of the same code
# replaces the built-in one.
`

// Run prints the built-in rules, and examples of those without a default as comments, so that
// the text saved as it is changes nothing.
func (c *rulesShowCommand) Run(io *streams) error {
	builtin, err := ruleTexts(schemas.RuleFiles, "rules")
	if err != nil {
		return err
	}
	examples, err := ruleTexts(schemas.RuleExamples, "rule_examples")
	if err != nil {
		return err
	}
	if c.Name != "" {
		return printRules(io.out, c.Name, append(builtin, examples...))
	}
	fmt.Fprint(io.out, rulesHead)
	for i, rules := range builtin {
		if i > 0 {
			fmt.Fprintln(io.out, "---")
		}
		fmt.Fprint(io.out, rules.text)
	}
	for _, rules := range examples {
		fmt.Fprintln(io.out, "\n# --- an example: take the marks of a comment away")
		for line := range strings.Lines(rules.text) {
			if !strings.HasPrefix(line, "#") {
				line = "# " + line
			}
			fmt.Fprint(io.out, line)
		}
	}
	return nil
}

type ruleText struct{ name, text string }

func ruleTexts(files embed.FS, folder string) ([]ruleText, error) {
	entries, err := files.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var out []ruleText
	for _, entry := range entries {
		data, err := files.ReadFile(path.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		out = append(out, ruleText{strings.TrimSuffix(entry.Name(), ".yaml"), string(data)})
	}
	return out, nil
}

func printRules(w io.Writer, name string, all []ruleText) error {
	var names []string
	for _, rules := range all {
		if rules.name == name {
			_, err := io.WriteString(w, rules.text)
			return err
		}
		names = append(names, rules.name)
	}
	return runs.ConfigError("no built-in rules %q%s; there are %s", name, strictyaml.Suggest(name, names), strings.Join(names, ", "))
}
