package warehouse

import (
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/tributary-cdp/tributary/schemas"
)

// SchemaCheck tells whether BigQuery will load a part into exactly these columns. Loaders
// guess where a file leaves room, so the file must leave none:
//   - the same columns in the same order, under ASCII snake_case names;
//   - required, optional and repeated as the schema says ("specified as NULLABLE ... does not match REQUIRED");
//   - lists as plain repeated fields: three-level lists become records without list inference;
//   - NUMERIC as INT64 DECIMAL(18,4) with its logical type, DATE as INT32 DATE;
//   - TIMESTAMP as UTC microseconds: no INT96, no nanoseconds, no local time.
func SchemaCheck(path string, columns []schemas.Column) error {
	file, parquetFile, err := open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := checkFields("", parquetFile.Root().Columns(), columns); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func checkFields(prefix string, fields []*parquet.Column, columns []schemas.Column) error {
	for i, column := range columns {
		name := prefix + column.Name
		if i >= len(fields) {
			return fmt.Errorf("column %s is missing", name)
		}
		field := fields[i]
		if field.Name() != column.Name {
			return fmt.Errorf("column %d is %s%s, expected %s", i+1, prefix, field.Name(), name)
		}
		if mode := modeOf(field); mode != column.Mode {
			return fmt.Errorf("column %s is %s, expected %s", name, mode, column.Mode)
		}
		if column.Type == "RECORD" {
			if field.Leaf() {
				return fmt.Errorf("column %s is not a record", name)
			}
			if err := checkFields(name+".", field.Columns(), column.Fields); err != nil {
				return err
			}
			continue
		}
		if !field.Leaf() {
			return fmt.Errorf("column %s is a record, expected %s", name, column.Type)
		}
		if got := bigQueryType(field.Type()); got != column.Type {
			return fmt.Errorf("column %s would be loaded as %s, expected %s", name, got, column.Type)
		}
	}
	if len(fields) > len(columns) {
		return fmt.Errorf("column %s%s is not in the schema", prefix, fields[len(columns)].Name())
	}
	return nil
}

func modeOf(field *parquet.Column) string {
	switch {
	case field.Repeated():
		return "REPEATED"
	case field.Optional():
		return "NULLABLE"
	}
	return "REQUIRED"
}

// bigQueryType is the type that BigQuery makes of a leaf, or words about what is wrong with it.
func bigQueryType(t parquet.Type) string {
	kind, logical := t.Kind(), t.LogicalType()
	if logical == nil || logical.Value == nil {
		switch kind {
		case parquet.Boolean:
			return "BOOL"
		case parquet.Int32, parquet.Int64:
			return "INT64"
		case parquet.Float, parquet.Double:
			return "FLOAT64"
		case parquet.Int96:
			return "INT96 time, which nobody should write"
		}
		return "BYTES"
	}
	switch l := logical.Value.(type) {
	case *format.StringType:
		return "STRING"
	case *format.DateType:
		return "DATE"
	case *format.IntType:
		return "INT64"
	case *format.DecimalType:
		if kind == parquet.Int64 && l.Scale == 4 && l.Precision == 18 {
			return "NUMERIC"
		}
		return fmt.Sprintf("%s DECIMAL(%d,%d)", kind, l.Precision, l.Scale)
	case *format.TimestampType:
		if _, micros := l.Unit.Value.(*format.MicroSeconds); micros && l.IsAdjustedToUTC {
			return "TIMESTAMP"
		}
		return "a time that is not in UTC microseconds"
	}
	return strings.ToUpper(logical.String())
}
