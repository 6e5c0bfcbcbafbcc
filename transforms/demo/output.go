package demo

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// mostFileBytes is the size beyond which a file that may be cut is cut, at the end of a chunk.
const mostFileBytes = 200 << 20

// output writes chunks to files, which it opens when they get their first row.
type output struct {
	folder string
	set    *fileSet
	open   []*outputFile
	files  []File
}

type outputFile struct {
	file   *os.File
	writer *bufio.Writer
	part   int
	at     int // in output.files
}

func newOutput(folder string, set *fileSet) *output {
	return &output{folder: folder, set: set, open: make([]*outputFile, len(set.list))}
}

func (o *output) write(c *chunk) error {
	for i, data := range c.buffers {
		if len(data) == 0 {
			continue
		}
		f, err := o.file(i)
		if err != nil {
			return err
		}
		if _, err := f.writer.Write(data); err != nil {
			return fmt.Errorf("writing %s: %w", o.files[f.at].Path, err)
		}
		o.files[f.at].Rows += c.rows[i]
		o.files[f.at].Bytes += int64(len(data))
	}
	return nil
}

// file is the open part of a file.
func (o *output) file(i int) (*outputFile, error) {
	f, spec := o.open[i], &o.set.list[i]
	part := 1
	if f != nil {
		if o.files[f.at].Bytes < mostFileBytes || !strings.Contains(spec.path, "%d") {
			return f, nil
		}
		part = f.part + 1
		if err := o.finish(f); err != nil {
			return nil, err
		}
	}
	path := strings.Replace(spec.path, "%d", number(part), 1)
	header := []byte{}
	if spec.header != "" {
		header = append(header, spec.header...)
		header = append(header, spec.newline...)
		if spec.gbk {
			header = appendGBK(nil, header)
		}
	}
	full := filepath.Join(o.folder, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return nil, err
	}
	file, err := os.Create(full)
	if err != nil {
		return nil, err
	}
	f = &outputFile{file: file, writer: bufio.NewWriterSize(file, 64<<10), part: part, at: len(o.files)}
	o.files = append(o.files, File{Path: path, Bytes: int64(len(header))})
	o.open[i] = f
	_, err = f.writer.Write(header)
	return f, err
}

func (o *output) finish(f *outputFile) error {
	if err := f.writer.Flush(); err != nil {
		return fmt.Errorf("writing %s: %w", o.files[f.at].Path, err)
	}
	return f.file.Close()
}

func (o *output) close() error {
	for _, f := range o.open {
		if f != nil {
			if err := o.finish(f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *output) abandon() {
	for _, f := range o.open {
		if f != nil {
			f.file.Close()
		}
	}
}

// text writes a small file whole.
func (o *output) text(path, content string) error {
	full := filepath.Join(o.folder, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		return err
	}
	o.files = append(o.files, File{Path: path, Bytes: int64(len(content))})
	return nil
}
