package audiences

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sort"

	"github.com/tributary-cdp/tributary/transforms/audience"
	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Lists of one platform.
const (
	fullList   = iota // all members
	addList           // members who were none in the parent run
	removeList        // those who were, and are no more
	listCount
)

var listNames = [listCount]string{"full", "add", "remove"}

// platformFiles are the files of one audience for one platform. A list begins with its first
// person; the full one also when nobody is in it.
type platformFiles struct {
	root     string
	folder   string // below root
	platform audience.Platform
	lists    [listCount]*listFile
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

func newPlatformFiles(root, folder string, platform audience.Platform) *platformFiles {
	return &platformFiles{root: root, folder: folder, platform: platform}
}

// Write counts and hashes what goes into the file.
func (l *listFile) Write(data []byte) (int, error) {
	l.bytes += int64(len(data))
	l.hash.Write(data)
	return l.file.Write(data)
}

func (p *platformFiles) begin(list int) error {
	dir := filepath.Join(p.root, p.folder)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("creating the folder of an audience: %w", err)
	}
	name := listNames[list] + "." + p.platform.Extension
	file, err := os.CreateTemp(dir, "."+name+".*.tmp") // readable by the owner alone: it holds contact data
	if err != nil {
		return fmt.Errorf("creating %s: %w", filepath.Join(p.folder, name), err)
	}
	l := &listFile{name: filepath.Join(p.folder, name), file: file, hash: sha256.New()}
	l.buffer = bufio.NewWriterSize(l, 1<<16)
	p.lists[list] = l
	l.out, err = audience.NewWriter(p.platform, io.Writer(l.buffer))
	return err
}

func (p *platformFiles) add(list int, person *audience.Person) error {
	if p.lists[list] == nil {
		if err := p.begin(list); err != nil {
			return err
		}
	}
	return p.lists[list].out.Add(person)
}

// close finishes the files and renames them into place. Files of lists that are not there any
// more, from an attempt of other inputs, are removed.
func (p *platformFiles) close() ([]warehouse.FileInfo, error) {
	var infos []warehouse.FileInfo
	for list, l := range p.lists {
		if l == nil {
			if err := os.Remove(filepath.Join(p.root, p.folder, listNames[list]+"."+p.platform.Extension)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
			continue
		}
		info, err := l.close(p.root)
		if err != nil {
			return nil, fmt.Errorf("finishing %s: %w", l.name, err)
		}
		infos = append(infos, info)
		p.lists[list] = nil
	}
	return infos, nil
}

func (l *listFile) close(root string) (warehouse.FileInfo, error) {
	written, err := l.out.Close()
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
	return warehouse.FileInfo{Name: filepath.ToSlash(l.name), Rows: int64(written.Rows), Bytes: l.bytes, SHA256: hex.EncodeToString(l.hash.Sum(nil))}, err
}

func (p *platformFiles) abort() {
	for _, l := range p.lists {
		if l != nil {
			l.file.Close()
			_ = os.Remove(l.file.Name())
		}
	}
}

func sortFiles(files []warehouse.FileInfo) {
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
}
