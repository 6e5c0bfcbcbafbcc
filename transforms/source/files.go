// Package source reads exports: it finds the files of a source, tells their format, encoding
// and layout, splits big ones at true row ends, and turns rows into canonical records.
//
// Every row ends as records, as a reject with file, row, column and reason, or as a counted
// skip. No message holds the content of a cell; the original row travels in Reject.Original.
package source

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// File is one file of a source, or one member of an archive.
type File struct {
	Path   string // of the file on disk
	Name   string // below the source's folder; "archive.zip!member" for members
	Member string // of an archive
	Bytes  int64  // on disk; of a member, uncompressed
}

// Files lists the files that a glob names, archives opened, in order of their names. Folders,
// hidden files and system litter are left out.
func Files(glob string) ([]File, error) {
	base := globBase(glob)
	paths, err := filepath.Glob(glob)
	if err != nil {
		return nil, fmt.Errorf("path %s: %w", glob, err)
	}
	var files []File
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if info.IsDir() || hidden(filepath.Base(path)) {
			continue
		}
		name, err := filepath.Rel(base, path)
		if err != nil {
			name = filepath.Base(path)
		}
		name = filepath.ToSlash(name)
		if strings.EqualFold(filepath.Ext(path), ".zip") {
			members, err := zipMembers(path, name)
			if err != nil {
				files = append(files, File{Path: path, Name: name, Bytes: info.Size()}) // refused when read
				continue
			}
			files = append(files, members...)
			continue
		}
		files = append(files, File{Path: path, Name: name, Bytes: info.Size()})
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
	return files, nil
}

// globBase is the folder above the first wildcard.
func globBase(glob string) string {
	dir := filepath.Dir(glob)
	for strings.ContainsAny(dir, "*?[") {
		dir = filepath.Dir(dir)
	}
	return dir
}

func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") || name == "Thumbs.db" || strings.HasPrefix(name, "__MACOSX")
}

func zipMembers(path, name string) ([]File, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	var files []File
	for _, member := range archive.File {
		if member.FileInfo().IsDir() || hidden(filepath.Base(member.Name)) || strings.HasPrefix(member.Name, "__MACOSX") {
			continue
		}
		files = append(files, File{Path: path, Name: name + "!" + member.Name, Member: member.Name, Bytes: int64(member.UncompressedSize64)})
	}
	return files, nil
}

// stream opens a file as decompressed bytes.
func stream(path, member string) (io.ReadCloser, error) {
	if member != "" {
		archive, err := zip.OpenReader(path)
		if err != nil {
			return nil, fmt.Errorf("not a sound zip archive: %w", err)
		}
		for _, file := range archive.File {
			if file.Name == member {
				in, err := file.Open()
				if err != nil {
					archive.Close()
					return nil, err
				}
				return &closers{in, []io.Closer{in, archive}}, nil
			}
		}
		archive.Close()
		return nil, fmt.Errorf("the archive has no member %s", member)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if !compressed(path) {
		return file, nil
	}
	in, err := gzip.NewReader(bufio.NewReaderSize(file, 1<<16))
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("not a sound gzip file: %w", err)
	}
	return &closers{in, []io.Closer{in, file}}, nil
}

func compressed(path string) bool { return strings.EqualFold(filepath.Ext(path), ".gz") }

type closers struct {
	io.Reader
	all []io.Closer
}

func (c *closers) Close() error {
	var errs []error
	for _, closer := range c.all {
		errs = append(errs, closer.Close())
	}
	return errors.Join(errs...)
}

// Formats of files.
const (
	FormatDelimited = "delimited"
	FormatNDJSON    = "ndjson"
	FormatJSON      = "json"
	FormatXLSX      = "xlsx"
	FormatParquet   = "parquet"
)

// shape is what the first bytes of a file tell.
type shape struct {
	format   string
	encoding string
	bom      int
	comma    byte
}

const sniffBytes = 1 << 18

// sniff tells format, encoding and delimiter from the first bytes of a file.
func sniff(name string, head []byte) shape {
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return shape{format: FormatParquet}
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return shape{format: FormatXLSX}
	}
	s := shape{}
	s.encoding, s.bom = sniffEncoding(head)
	text := head[s.bom:]
	if s.encoding == UTF16LE || s.encoding == UTF16BE {
		decoded, _ := io.ReadAll(utf16Reader(bytes.NewReader(text[:len(text)&^1]), s.encoding))
		text = decoded
	}
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	if len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		s.format = FormatJSON
		if trimmed[0] == '{' && oneObjectALine(trimmed) {
			s.format = FormatNDJSON
		}
		return s
	}
	s.format, s.comma = FormatDelimited, sniffDelimiter(text)
	return s
}

// oneObjectALine: the first line is an object of its own.
func oneObjectALine(text []byte) bool {
	line, rest, found := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSpace(line)
	if !balanced(line) {
		return false
	}
	rest = bytes.TrimSpace(rest)
	return !found || len(rest) == 0 || rest[0] == '{'
}

func balanced(line []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '{' || c == '['):
			depth++
		case !quoted && (c == '}' || c == ']'):
			depth--
		}
	}
	return depth == 0 && !quoted && len(line) > 0 && line[len(line)-1] == '}'
}

// sniffDelimiter counts delimiters outside quotes in the first line.
func sniffDelimiter(text []byte) byte {
	counts := map[byte]int{}
	quoted := false
	for _, c := range text {
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if c == '\n' && len(counts) > 0 {
			break
		}
		if c == ',' || c == '\t' || c == ';' || c == '|' {
			counts[c]++
		}
	}
	best, most := byte(','), 0
	for _, c := range []byte{',', '\t', ';', '|'} {
		if counts[c] > most {
			best, most = c, counts[c]
		}
	}
	return best
}
