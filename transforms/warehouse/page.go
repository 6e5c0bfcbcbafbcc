package warehouse

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unsafe"

	"github.com/klauspost/compress/s2"
	"github.com/parquet-go/parquet-go/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/rle"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// scratch is memory that the pages of a row group share while they are encoded.
type scratch struct {
	body, levels, part, packed []byte
	prefixes, lengths          []int32
}

var (
	deltas  delta.BinaryPackedEncoding
	indexes rle.DictionaryEncoding
	// compression is one for all parts: its encoders are pooled, and a new one costs megabytes.
	compression = &zstd.Codec{Level: zstd.SpeedFastest}
)

// codec is how pages of the column are compressed.
func (c *column) codec() format.CompressionCodec {
	if c.quick {
		return format.Snappy
	}
	return format.Zstd
}

// compress packs a page's values. It gives the values back where packing does not pay.
func (c *column) compress(dst, src []byte) (data []byte, packed bool, err error) {
	const tooFew = 64
	if len(src) < tooFew {
		return src, false, nil
	}
	if c.quick {
		dst = s2.EncodeSnappy(dst[:cap(dst)], src)
	} else if dst, err = compression.Encode(dst[:0], src); err != nil {
		return nil, false, err
	}
	if len(dst) > len(src)-len(src)/16 {
		return src, false, nil
	}
	return dst, true, nil
}

// maxPageBytes is what fits into a page's header, with room for levels.
const maxPageBytes = 1 << 30

// closePage encodes the open page.
func (c *column) closePage(s *scratch) error {
	if c.levels == 0 {
		return nil
	}
	s.levels = s.levels[:0]
	repetitions := c.appendRepetitions(s)
	definitions := c.appendDefinitions(s)
	encoding, dense, err := c.encode(s)
	if err != nil {
		return err
	}
	if len(s.body) > maxPageBytes {
		return fmt.Errorf("column %s: %d rows have %d bytes, which is more than a page can hold", strings.Join(c.path, "."), c.levels, len(s.body))
	}
	data, packed := s.body, false
	if !dense {
		s.packed = s.packed[:0]
		if data, packed, err = c.compress(s.packed, s.body); err != nil {
			return err
		}
		if packed {
			s.packed = data
		}
	}
	rows := c.levels
	if c.list {
		rows = c.rows
	}
	header := format.PageHeader{
		Type:                 format.DataPageV2,
		UncompressedPageSize: int32(len(s.levels) + len(s.body)),
		CompressedPageSize:   int32(len(s.levels) + len(data)),
		DataPageHeaderV2: thrift.New(format.DataPageHeaderV2{
			NumValues: int32(c.levels), NumNulls: int32(c.levels - c.count()), NumRows: int32(rows), Encoding: encoding,
			DefinitionLevelsByteLength: int32(definitions), RepetitionLevelsByteLength: int32(repetitions),
			IsCompressed: thrift.New(packed),
		}),
	}
	before := len(c.pages)
	if c.pages, err = appendHeader(c.pages, &header); err != nil {
		return err
	}
	c.plain += int64(len(c.pages)-before) + int64(header.UncompressedPageSize)
	c.pages = append(append(c.pages, s.levels...), data...)
	c.encodings[encoding] = true
	if len(s.levels) > 0 {
		c.encodings[format.RLE] = true
	}
	c.total += int64(c.levels)
	if !c.quick {
		c.bound()
	}
	if c.kind == kindIndexed && c.dictionary.full() {
		c.kind = kindText
		c.way = c.wayOf()
	}
	c.resetPage()
	return nil
}

func appendHeader(dst []byte, header *format.PageHeader) ([]byte, error) {
	data, err := thrift.Marshal(new(thrift.CompactProtocol), header)
	return append(dst, data...), err
}

// appendRepetitions appends the repetition levels of lists to s.levels.
func (c *column) appendRepetitions(s *scratch) int {
	if !c.list {
		return 0
	}
	s.part, _ = (&rle.Encoding{BitWidth: 1}).EncodeLevels(s.part[:0], c.listReps)
	s.levels = append(s.levels, s.part...)
	return len(s.part)
}

// appendDefinitions appends the definition levels to s.levels.
func (c *column) appendDefinitions(s *scratch) int {
	before := len(s.levels)
	switch {
	case c.list:
		width := 1
		if c.optional {
			width = 2
		}
		s.part, _ = (&rle.Encoding{BitWidth: width}).EncodeLevels(s.part[:0], c.listDefs)
		s.levels = append(s.levels, s.part...)
	case !c.optional:
	case c.values == 0 || c.values == c.levels: // one run
		level := byte(0)
		if c.values > 0 {
			level = 1
		}
		s.levels = append(binary.AppendUvarint(s.levels, uint64(c.levels)<<1), level)
	default: // bits as they are
		groups := (c.levels + 7) / 8
		for len(c.defined) < groups {
			c.defined = append(c.defined, 0)
		}
		s.levels = append(binary.AppendUvarint(s.levels, uint64(groups)<<1|1), c.defined...)
	}
	return len(s.levels) - before
}

// encode encodes the values of the open page into s.body. dense tells that compression has
// nothing left to take.
func (c *column) encode(s *scratch) (encoding format.Encoding, dense bool, err error) {
	s.body = s.body[:0]
	if c.count() == 0 {
		return format.Plain, true, nil
	}
	switch c.kind {
	case kindText:
		encoding, err = c.encodeText(s)
		return encoding, false, err
	case kindIndexed:
		s.body, err = indexes.EncodeInt32(s.body, c.days)
		return format.RLEDictionary, false, err
	case kindInt64:
		if c.unsigned { // hashes
			s.body = append(s.body, unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(c.ints))), 8*len(c.ints))...)
			return format.Plain, true, nil
		}
		s.body, err = deltas.EncodeInt64(s.body, c.ints)
		return format.DeltaBinaryPacked, true, err
	case kindInt32:
		s.body, err = deltas.EncodeInt32(s.body, c.days)
		return format.DeltaBinaryPacked, true, err
	case kindFloat64:
		for _, v := range c.floats {
			s.body = binary.LittleEndian.AppendUint64(s.body, math.Float64bits(v))
		}
		return format.Plain, false, nil
	}
	s.body = append(s.body, c.bits...)
	return format.Plain, false, nil
}

// encodeText leaves out what a text shares with the one before where that is much, as in
// sorted keys.
func (c *column) encodeText(s *scratch) (encoding format.Encoding, err error) {
	lengths := s.lengths[:0]
	if !c.sharesPrefixes() {
		for i, end := range c.ends[1:] {
			lengths = append(lengths, int32(end-c.ends[i]))
		}
		s.lengths = lengths
		s.body, err = deltas.EncodeInt32(s.body, lengths)
		s.body = append(s.body, c.text...)
		return format.DeltaLengthByteArray, err
	}
	prefixes, suffixes := s.prefixes[:0], s.part[:0]
	var last []byte
	for i, end := range c.ends[1:] {
		text := c.text[c.ends[i]:end]
		n := sharedPrefix(last, text)
		prefixes, lengths = append(prefixes, int32(n)), append(lengths, int32(len(text)-n))
		suffixes = append(suffixes, text[n:]...)
		last = text
	}
	s.prefixes, s.lengths, s.part = prefixes, lengths, suffixes
	if s.body, err = deltas.EncodeInt32(s.body, prefixes); err != nil {
		return 0, err
	}
	if s.packed, err = deltas.EncodeInt32(s.packed[:0], lengths); err != nil {
		return 0, err
	}
	s.body = append(append(s.body, s.packed...), suffixes...)
	return format.DeltaByteArray, nil
}

// sharesPrefixes looks at the first texts of a page: whether half of them is said already by
// the text before.
func (c *column) sharesPrefixes() bool {
	const sample = 256
	n := min(sample, len(c.ends)-1)
	shared := 0
	for i := 1; i < n; i++ {
		shared += sharedPrefix(c.text[c.ends[i-1]:c.ends[i]], c.text[c.ends[i]:c.ends[i+1]])
	}
	return 2*shared > int(c.ends[n])
}

// sharedPrefix is how many bytes two texts begin with alike.
func sharedPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	i := 0
	for ; i+8 <= n; i += 8 {
		if binary.LittleEndian.Uint64(a[i:]) != binary.LittleEndian.Uint64(b[i:]) {
			break
		}
	}
	for i < n && a[i] == b[i] {
		i++
	}
	return i
}

// closeDictionary encodes the dictionary's page.
func (c *column) closeDictionary(s *scratch) error {
	s.body = s.body[:0]
	for _, text := range c.dictionary.entries {
		s.body = append(binary.LittleEndian.AppendUint32(s.body, uint32(len(text))), text...)
	}
	// A dictionary's page has no room to say that it is not compressed.
	var err error
	if c.quick {
		s.packed = s2.EncodeSnappy(s.packed[:cap(s.packed)], s.body)
	} else if s.packed, err = compression.Encode(s.packed[:0], s.body); err != nil {
		return err
	}
	header := format.PageHeader{
		Type: format.DictionaryPage, UncompressedPageSize: int32(len(s.body)), CompressedPageSize: int32(len(s.packed)),
		DictionaryPageHeader: thrift.New(format.DictionaryPageHeader{NumValues: int32(len(c.dictionary.entries)), Encoding: format.Plain}),
	}
	if c.dictionaryPage, err = appendHeader(c.dictionaryPage, &header); err != nil {
		return err
	}
	c.plain += int64(len(c.dictionaryPage) + len(s.body))
	c.dictionaryPage = append(c.dictionaryPage, s.packed...)
	c.encodings[format.Plain] = true
	return nil
}
