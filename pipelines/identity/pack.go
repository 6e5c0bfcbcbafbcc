package identity

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/s2"
	"github.com/zeebo/xxh3"

	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// A pack is a file of records that only jobs of identity read: no columns, but read as a whole
// within milliseconds. Layout, little endian:
//
//	8 bytes  "TRPACK01"
//	blocks of 4 bytes length, 4 bytes compressed length, 8 bytes xxh3 of the block, S2
//
// A block holds whole records. What a record is, its writer knows.
const (
	packMagic  = "TRPACK01"
	packHeader = 16
	packBlock  = 256 << 10
	packLimit  = 1 << 30 // of one block: a reader must not trust a damaged length
)

// errPack tells that a file is no sound pack.
var errPack = errors.New("not a sound file of records between jobs of identity: remove the run's folder jobs/ and run again")

// packWriter writes a pack under a temporary name.
type packWriter struct {
	path, name string
	file       *os.File
	buffer     *bufio.Writer
	hash       hash.Hash
	block      []byte
	compressed []byte
	info       warehouse.FileInfo
	err        error
}

// packName is the file of a part of a table.
func packName(table string, part int) string {
	return filepath.Join(table, fmt.Sprintf("part-%05d.bin", part))
}

func createPack(root, table string, part int) (*packWriter, error) {
	name := packName(table, part)
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return nil, err
	}
	w := &packWriter{path: path, name: filepath.ToSlash(name), file: file, hash: sha256.New()}
	w.buffer = bufio.NewWriterSize(io.MultiWriter(file, w.hash), 1<<16)
	w.write([]byte(packMagic))
	return w, nil
}

func (w *packWriter) write(data []byte) {
	if w.err == nil {
		_, w.err = w.buffer.Write(data)
		w.info.Bytes += int64(len(data))
	}
}

// add takes one record, which appends itself to the block.
func (w *packWriter) add(record func(dst []byte) []byte) error {
	w.block = record(w.block)
	w.info.Rows++
	if len(w.block) >= packBlock {
		w.flush()
	}
	return w.err
}

func (w *packWriter) flush() {
	if len(w.block) == 0 {
		return
	}
	w.compressed = s2.Encode(w.compressed[:cap(w.compressed)], w.block)
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(w.block)))
	head = binary.LittleEndian.AppendUint32(head, uint32(len(w.compressed)))
	w.write(binary.LittleEndian.AppendUint64(head, xxh3.Hash(w.block)))
	w.write(w.compressed)
	w.block = w.block[:0]
}

// close finishes the file and renames it into place.
func (w *packWriter) close() (warehouse.FileInfo, error) {
	w.flush()
	err := w.err
	if err == nil {
		err = w.buffer.Flush()
	}
	if err == nil {
		err = w.file.Chmod(0o644)
	}
	if closing := w.file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(w.file.Name(), w.path)
	}
	if err != nil {
		_ = os.Remove(w.file.Name())
		return warehouse.FileInfo{}, fmt.Errorf("writing %s: %w", w.name, err)
	}
	w.info.Name, w.info.SHA256 = w.name, hex.EncodeToString(w.hash.Sum(nil))
	return w.info, nil
}

func (w *packWriter) abort() {
	w.file.Close()
	_ = os.Remove(w.file.Name())
}

// pack is a pack's content, not yet unpacked.
type pack struct {
	path   string
	blocks []byte
	size   int // bytes of its records
}

func readPack(path string) (*pack, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := &pack{path: path}
	if len(data) < len(packMagic) || string(data[:len(packMagic)]) != packMagic {
		return nil, p.unsound()
	}
	p.blocks = data[len(packMagic):]
	err = p.each(func(size int, _ []byte, _ uint64) error { p.size += size; return nil })
	return p, err
}

func (p *pack) unsound() error { return fmt.Errorf("%s: %w", filepath.Base(p.path), errPack) }

func (p *pack) each(visit func(size int, compressed []byte, sum uint64) error) error {
	for rest := p.blocks; len(rest) > 0; {
		if len(rest) < packHeader {
			return p.unsound()
		}
		size, length, sum := binary.LittleEndian.Uint32(rest), binary.LittleEndian.Uint32(rest[4:]), binary.LittleEndian.Uint64(rest[8:])
		rest = rest[packHeader:]
		if uint64(length) > uint64(len(rest)) || size > packLimit {
			return p.unsound()
		}
		if err := visit(int(size), rest[:length], sum); err != nil {
			return err
		}
		rest = rest[length:]
	}
	return nil
}

// unpack fills dst, which has the size of the pack, with its records.
func (p *pack) unpack(dst []byte) error {
	return p.each(func(size int, compressed []byte, sum uint64) error {
		out := dst[:size]
		dst = dst[size:]
		if n, err := s2.DecodedLen(compressed); err != nil || n != size {
			return p.unsound()
		}
		if got, err := s2.Decode(out, compressed); err != nil || len(got) != size || xxh3.Hash(got) != sum {
			return p.unsound()
		}
		return nil
	})
}
