package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

const notParquet = "not a sound Parquet file"

// readParquet reads a Parquet file's columns as text, some rows at a time. Rows have no bytes
// of their own: all bytes count as header. Of an optional source all pages are decoded
// beforehand, so that a file that breaks midway gives no rows.
func readParquet(ctx context.Context, s *Source, split *Split, sink Sink, counts *Counts) error {
	file, columns, closer, err := parquetFile(split)
	if err != nil {
		return err
	}
	defer closer.Close()
	if s.Spec.Optional {
		if err := parquetRows(file, columns, func([]string) error { return ctx.Err() }); err != nil {
			return err
		}
	}
	t, err := openTable(s, split, sink, counts, columnNames(columns))
	if err != nil {
		return err
	}
	counts.Bytes, counts.Header = file.Size(), file.Size()
	return parquetRows(file, columns, func(row []string) error { return t.row(ctx, row) })
}

// parquetFile opens a file and tells how its columns become text.
func parquetFile(split *Split) (file *parquet.File, columns []parquetColumn, closer io.Closer, err error) {
	in, size, closer, err := openParquet(split)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := safely(notParquet, func() error {
		file, err = parquet.OpenFile(in, size)
		return err
	}); err != nil {
		closer.Close()
		return nil, nil, nil, fmt.Errorf("%s: %w", notParquet, err)
	}
	return file, parquetColumns(file.Schema()), closer, nil
}

func columnNames(columns []parquetColumn) []string {
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].name
	}
	return names
}

// openParquet gives access to any place of the file: on disk, or in memory if it is packed.
func openParquet(split *Split) (in io.ReaderAt, size int64, closer io.Closer, err error) {
	file := File{Path: split.Path, Member: split.Member}
	if file.streamed() {
		data, err := readWhole(split, MaxDocument)
		return bytes.NewReader(data), int64(len(data)), io.NopCloser(nil), err
	}
	disk, err := os.Open(split.Path)
	if err != nil {
		return nil, 0, nil, err
	}
	info, err := disk.Stat()
	if err != nil {
		disk.Close()
		return nil, 0, nil, err
	}
	return disk, info.Size(), disk, nil
}

// parquetRows calls each with the texts of every row, which are valid during the call only.
func parquetRows(file *parquet.File, columns []parquetColumn, each func(row []string) error) error {
	buffer := make([]parquet.Row, 256)
	texts := make([]string, len(columns))
	for _, group := range file.RowGroups() {
		var rows parquet.Rows
		if err := safely(notParquet, func() error { rows = group.Rows(); return nil }); err != nil {
			return err
		}
		for done := false; !done; {
			var n int
			if err := safely(notParquet, func() (err error) {
				if n, err = rows.ReadRows(buffer); errors.Is(err, io.EOF) {
					done = true
					return nil
				}
				if err == nil && n == 0 {
					return io.ErrNoProgress
				}
				return err
			}); err != nil {
				return fmt.Errorf("%s: %w", notParquet, err) // rows stays open: its state is unknown
			}
			for _, row := range buffer[:n] {
				clear(texts)
				for _, v := range row {
					if at := v.Column(); !v.IsNull() && at >= 0 && at < len(texts) {
						texts[at] = joinList(texts[at], columns[at].text(v))
					}
				}
				if err := each(texts); err != nil {
					rows.Close()
					return err
				}
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

func joinList(list, v string) string {
	if list == "" {
		return v
	}
	return list + listSeparator + v
}

// parquetColumn is a leaf of the schema and how its values are written as text.
type parquetColumn struct {
	name string
	text func(parquet.Value) string
}

// listParts are the names that writers give the inner levels of a list.
var listParts = strings.NewReplacer(".list.element", "", ".list.item", "", ".bag.array_element", "")

func parquetColumns(schema *parquet.Schema) []parquetColumn {
	var columns []parquetColumn
	for _, path := range schema.Columns() {
		c := parquetColumn{listParts.Replace(strings.Join(path, ".")), plainValue}
		if leaf, ok := schema.Lookup(path...); ok {
			if logical := leaf.Node.Type().LogicalType(); logical != nil {
				c.text = logicalText(logical)
			}
		}
		columns = append(columns, c)
	}
	return columns
}

// plainValue writes numbers in full, since amounts have no exponent.
func plainValue(v parquet.Value) string {
	switch v.Kind() {
	case parquet.Float:
		return strconv.FormatFloat(float64(v.Float()), 'f', -1, 32)
	case parquet.Double:
		return strconv.FormatFloat(v.Double(), 'f', -1, 64)
	case parquet.Int96: // nanoseconds of the day and Julian day, of old Hive and Spark tables
		w := v.Int96()
		const epoch = 2440588 // Julian day of 1970-01-01
		return time.Unix((int64(w[2])-epoch)*86400, int64(w[1])<<32|int64(w[0])).UTC().Format(timestampUTC)
	}
	return v.String()
}

const (
	timestampLocal = "2006-01-02 15:04:05.999999"
	timestampUTC   = timestampLocal + "Z"
)

func logicalText(logical *format.LogicalType) func(parquet.Value) string {
	switch t := logical.Value.(type) {
	case *format.DateType:
		return func(v parquet.Value) string {
			return time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly)
		}
	case *format.TimestampType:
		layout := timestampLocal
		if t.IsAdjustedToUTC {
			layout = timestampUTC
		}
		perSecond := int64(1e9)
		switch t.Unit.Value.(type) {
		case *format.MilliSeconds:
			perSecond = 1e3
		case *format.MicroSeconds:
			perSecond = 1e6
		}
		return func(v parquet.Value) string {
			n := v.Int64()
			return time.Unix(n/perSecond, n%perSecond*(1e9/perSecond)).UTC().Format(layout)
		}
	case *format.DecimalType:
		return func(v parquet.Value) string { return decimalText(v, int(t.Scale)) }
	case *format.UUIDType:
		return func(v parquet.Value) string {
			b := v.ByteArray()
			if len(b) != 16 {
				return ""
			}
			return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
		}
	}
	return plainValue
}

// decimalText writes an unscaled number, big-endian two's complement if it is bytes.
func decimalText(v parquet.Value, scale int) string {
	n := new(big.Int)
	switch v.Kind() {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	case parquet.ByteArray, parquet.FixedLenByteArray:
		b := v.ByteArray()
		n.SetBytes(b)
		if len(b) > 0 && b[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
		}
	}
	if scale <= 0 || scale > 76 {
		return n.String()
	}
	digits := new(big.Int).Abs(n).String()
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	text := digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	if n.Sign() < 0 {
		return "-" + text
	}
	return text
}
