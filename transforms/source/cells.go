package source

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/tributary-cdp/tributary/transforms/normalize"
)

// Cells reads a plain table, delimited text or Parquet, packed or not, as text: without a
// layout or a mapping. header is called once, each with the cells of every row that is not
// blank, which are valid during the call only; number counts rows of data from 1.
func Cells(ctx context.Context, file File, header func(names []string) error, each func(number int64, cells []string) error) error {
	head, sample, err := sampleOf(file)
	if err != nil {
		return err
	}
	found, err := sniff(file.Name, head, sample)
	if err != nil {
		return err
	}
	split := Split{Path: file.Path, Name: file.Name, Member: file.Member, Format: found.format, Encoding: found.encoding, Comma: found.comma, End: -1}
	switch found.format {
	case FormatDelimited:
		if split.Header, split.Start, err = headerOf(head, &found); err != nil {
			return err
		}
		return textCells(ctx, &split, header, each)
	case FormatParquet:
		return parquetCells(ctx, &split, header, each)
	}
	return fmt.Errorf("format %s: give CSV or Parquet", found.format)
}

func textCells(ctx context.Context, split *Split, header func([]string) error, each func(int64, []string) error) error {
	names, err := headerCells(split)
	if err == nil {
		err = header(names)
	}
	if err != nil {
		return err
	}
	text, closer, err := openText(split)
	if err != nil {
		return err
	}
	defer closer.Close()
	reader := &csvReader{textReader: *text, comma: split.Comma}
	decoder := newCellDecoder(split.Encoding)
	cells := make([]string, len(names))
	for number := int64(1); ; number++ {
		if number%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row, err := reader.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if row.code == "" && blankRow(&row, split.Comma) {
			continue
		}
		clear(cells) // of a row that is no row nothing is known
		if row.code == "" {
			for i := range min(len(cells), len(row.cells)) {
				if text, err := decoder.decode(row.cells[i]); err == nil {
					cells[i] = normalize.Unguard(text)
				}
			}
		}
		if err := each(number, cells); err != nil {
			return err
		}
	}
}

func parquetCells(ctx context.Context, split *Split, header func([]string) error, each func(int64, []string) error) error {
	file, columns, closer, err := parquetFile(split)
	if err != nil {
		return err
	}
	defer closer.Close()
	if err := header(columnNames(columns)); err != nil {
		return err
	}
	number := int64(0)
	return parquetRows(file, columns, func(cells []string) error {
		if number++; number%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		return each(number, cells)
	})
}
