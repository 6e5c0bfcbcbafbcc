// Package source reads exports: it finds the files of a source, tells their format, encoding
// and layout, splits big ones at true row ends, and turns rows into canonical records.
//
// Every row ends as records, as a reject with file, row, column and reason, or as a counted
// skip. No message holds the content of a cell; the original row travels in Reject.Original.
package source

import (
	"archive/zip"
	"bufio"
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
		if archived(path) {
			members, err := zipMembers(path, name)
			if err == nil {
				files = append(files, members...)
				continue
			}
			// An archive that cannot be listed is refused by Splits, with its reason.
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
		return nil, fmt.Errorf("not a sound zip archive: %w", err)
	}
	defer shut(archive)
	var files []File
	names := map[string]bool{}
	for _, member := range archive.File {
		if member.FileInfo().IsDir() || hidden(filepath.Base(member.Name)) || strings.HasPrefix(member.Name, "__MACOSX") {
			continue
		}
		if names[member.Name] {
			return nil, fmt.Errorf("the archive has two members %s", member.Name)
		}
		names[member.Name] = true
		files = append(files, File{Path: path, Name: name + "!" + member.Name, Member: member.Name, Bytes: int64(member.UncompressedSize64)})
	}
	if len(files) == 0 {
		return nil, errors.New("the archive holds no file")
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
					shut(archive)
					return nil, err
				}
				return &closers{in, []io.Closer{in, archive}}, nil
			}
		}
		shut(archive)
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

func archived(path string) bool { return strings.EqualFold(filepath.Ext(path), ".zip") }

// streamed tells whether a file's bytes can only be had from the start on.
func (f *File) streamed() bool { return f.Member != "" || compressed(f.Path) }

// shut closes what was only read.
func shut(c io.Closer) { c.Close() }

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
