package audiences

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// platformFiles are the files of one audience for one platform. A part of a list begins with
// its first row; the first part of the full list also when nobody is in it.
type platformFiles struct {
	root     string
	folder   string // below root
	audience string
	platform *audience.Platform
	parts    [audience.ListCount][]listPart
	done     []warehouse.FileInfo
}

// listPart is one part of one list: its file, and how many came before it.
type listPart struct {
	file    *listFile
	volumes int
}

// listFile is one file under its temporary name.
type listFile struct {
	name   string
	file   *os.File
	buffer *bufio.Writer
	hash   hash.Hash
	bytes  int64
	out    *audience.Writer
}

func newPlatformFiles(root, code string, platform *audience.Platform) *platformFiles {
	p := &platformFiles{root: root, folder: filepath.Join("files", code, platform.Name), audience: code, platform: platform}
	for list := range p.parts {
		p.parts[list] = make([]listPart, len(platform.Parts))
	}
	return p
}

// Write counts and hashes what goes into the file.
func (l *listFile) Write(data []byte) (int, error) {
	l.bytes += int64(len(data))
	l.hash.Write(data)
	return l.file.Write(data)
}

// begin begins the next file of a part.
func (p *platformFiles) begin(list audience.List, n int) error {
	dir := filepath.Join(p.root, p.folder)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("creating the folder of an audience: %w", err)
	}
	part, at := &p.platform.Parts[n], &p.parts[list][n]
	name := list.String()
	if part.Suffix != "" {
		name += "_" + part.Suffix
	}
	if at.volumes++; at.volumes > 1 {
		name += "-" + strconv.Itoa(at.volumes)
	}
	name += "." + part.Extension
	file, err := os.CreateTemp(dir, "."+name+".*.tmp") // readable by the owner alone: it holds contact data
	if err != nil {
		return fmt.Errorf("creating %s: %w", filepath.Join(p.folder, name), err)
	}
	l := &listFile{name: filepath.Join(p.folder, name), file: file, hash: sha256.New()}
	l.buffer = bufio.NewWriterSize(l, 1<<16)
	at.file = l
	l.out, err = audience.NewWriter(part, l.buffer, p.audience, list)
	return err
}

// add writes the rows of a person into all parts of a list.
func (p *platformFiles) add(list audience.List, person *audience.Person) error {
	for n := range p.platform.Parts {
		at := &p.parts[list][n]
		for _, row := range p.platform.Parts[n].Rows(person, list) {
			if at.file != nil && !at.file.out.Fits(row) {
				if err := p.end(at); err != nil {
					return err
				}
			}
			if at.file == nil {
				if err := p.begin(list, n); err != nil {
					return err
				}
			}
			if err := at.file.out.Add(row); err != nil {
				return err
			}
		}
	}
	return nil
}

// end finishes the file of a part.
func (p *platformFiles) end(at *listPart) error {
	l := at.file
	at.file = nil
	info, err := l.close(p.root)
	if err != nil {
		return fmt.Errorf("finishing %s: %w", l.name, err)
	}
	p.done = append(p.done, info)
	return nil
}

// close finishes all files. Files of an attempt of other inputs are removed.
func (p *platformFiles) close() ([]warehouse.FileInfo, error) {
	for list := range p.parts {
		for n := range p.parts[list] {
			if at := &p.parts[list][n]; at.file != nil {
				if err := p.end(at); err != nil {
					return nil, err
				}
			}
		}
	}
	sortFiles(p.done)
	entries, err := os.ReadDir(filepath.Join(p.root, p.folder))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, entry := range entries {
		name := filepath.ToSlash(filepath.Join(p.folder, entry.Name()))
		if strings.HasPrefix(entry.Name(), ".") || slices.ContainsFunc(p.done, func(f warehouse.FileInfo) bool { return f.Name == name }) {
			continue
		}
		if err := os.Remove(filepath.Join(p.root, p.folder, entry.Name())); err != nil {
			return nil, err
		}
	}
	return p.done, nil
}

func (l *listFile) close(root string) (warehouse.FileInfo, error) {
	rows, err := l.out.Close()
	if err == nil {
		err = l.buffer.Flush()
	}
	if closeErr := l.file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(l.file.Name(), filepath.Join(root, l.name))
	}
	if err != nil {
		_ = os.Remove(l.file.Name())
	}
	return warehouse.FileInfo{Name: filepath.ToSlash(l.name), Rows: int64(rows), Bytes: l.bytes, SHA256: hex.EncodeToString(l.hash.Sum(nil))}, err
}

func (p *platformFiles) abort() {
	for list := range p.parts {
		for n := range p.parts[list] {
			if l := p.parts[list][n].file; l != nil {
				l.file.Close()
				_ = os.Remove(l.file.Name())
			}
		}
	}
}

func sortFiles(files []warehouse.FileInfo) {
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
}
