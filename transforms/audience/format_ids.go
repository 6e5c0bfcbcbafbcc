package audience

import (
	"archive/zip"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
)

// idsOfLine is how many ids a line of a data source may hold.
const idsOfLine = 10_000

// IDMessages is the format of Ocean Engine's data sources: a zip with one text file, in which
// each line is the base64 of a protocol buffer
//
//	message IdItem  { optional uint32 timestamp = 1; required DataType dataType = 2; required string id = 3; repeated string tags = 4; }
//	message DmpData { repeated IdItem idList = 1; }
//
// Rows are the number of the data type and the id. Time and tags are not needed.
func IDMessages(w io.Writer, _ *Part, _ string, _ List) (Encoder, error) {
	archive := zip.NewWriter(w)
	file, err := archive.CreateHeader(&zip.FileHeader{Name: "ids.txt", Method: zip.Deflate}) // no time: same ids, same bytes
	return &idEncoder{archive: archive, file: file}, err
}

type idEncoder struct {
	archive *zip.Writer
	file    io.Writer
	message []byte
	item    []byte
	text    []byte
	ids     int
}

// Keys of fields: their number, shifted by three bits, and their wire type (0 = number,
// 2 = bytes with a length).
const (
	keyIDList   = 1<<3 | 2
	keyDataType = 2<<3 | 0
	keyID       = 3<<3 | 2
)

func (e *idEncoder) Row(row []string) error {
	dataType, err := strconv.ParseUint(row[0], 10, 8)
	if err != nil {
		return fmt.Errorf("data type %q is not a number", row[0])
	}
	e.item = append(e.item[:0], keyDataType)
	e.item = binary.AppendUvarint(e.item, dataType)
	e.item = binary.AppendUvarint(append(e.item, keyID), uint64(len(row[1])))
	e.item = append(e.item, row[1]...)
	e.message = binary.AppendUvarint(append(e.message, keyIDList), uint64(len(e.item)))
	e.message = append(e.message, e.item...)
	if e.ids++; e.ids < idsOfLine {
		return nil
	}
	return e.line()
}

// line ends a message.
func (e *idEncoder) line() error {
	e.text = base64.StdEncoding.AppendEncode(e.text[:0], e.message)
	_, err := e.file.Write(append(e.text, '\n'))
	e.message, e.ids = e.message[:0], 0
	return err
}

func (e *idEncoder) Close() error {
	if e.ids > 0 {
		if err := e.line(); err != nil {
			return err
		}
	}
	return e.archive.Close()
}
