package subject

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/tributary-cdp/tributary/schemas"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"text": func(v any) string {
		switch v := v.(type) {
		case []string:
			return strings.Join(v, ", ")
		case float64:
			return fmt.Sprintf("%.6g", v)
		}
		return fmt.Sprint(v)
	},
	"rows": func(v any) []Row {
		switch v := v.(type) {
		case []Row:
			return v
		case Row:
			return []Row{v}
		}
		return nil
	},
}).Parse(pageText))

// recordsLabels name what is kept between the stages.
var recordsLabels = map[string]schemas.Label{
	"records/audience_told":       {EN: "What was handed to platforms: who received which of your data", ZH: "已提供给平台的数据"},
	"records/audience_exposed":    {EN: "Audiences and plays that reached you or held you back for comparison", ZH: "触达与对照记录"},
	"restricted/interaction_text": {EN: "Texts of your messages and tickets", ZH: "沟通内容"},
}

// labelOf says what a table holds one row for.
func labelOf(name string) schemas.Label {
	if label, ok := recordsLabels[name]; ok {
		return label
	}
	if t, ok := schemas.TableNamed(name); ok {
		return t.Grain
	}
	kind := strings.TrimPrefix(name, "records/")
	return schemas.Label{EN: kind + " as a source system stated it", ZH: "来源系统原始记录"}
}

// WriteJSON writes the export for programs.
func (e *Export) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(e)
}

// WriteHTML writes the export for people: one page that needs nothing else.
func (e *Export) WriteHTML(w io.Writer) error { return page.Execute(w, e) }

// Rows counts the rows of all tables.
func (e *Export) Rows() (n int) {
	for i := range e.Tables {
		n += len(e.Tables[i].Rows)
	}
	return n
}

// Save writes both files into a folder, readable by their owner alone, and returns their paths.
func (e *Export) Save(dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var paths []string
	for _, format := range []struct {
		extension string
		write     func(io.Writer) error
	}{{"json", e.WriteJSON}, {"html", e.WriteHTML}} {
		path := filepath.Join(dir, "subject-"+e.CustomerID+"."+format.extension)
		file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return nil, err
		}
		err = format.write(file)
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return nil, fmt.Errorf("writing %s: %w", path, err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}
