package runs

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"

	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// AddSmall writes a small file of a job below its folder and puts it into the job's manifest.
func AddSmall(p *Base, m *warehouse.Manifest, name string, data []byte) error {
	relative := filepath.Join("jobs", p.Job, name)
	if err := WriteFile(filepath.Join(p.Dir, relative), data); err != nil {
		return err
	}
	m.Small = append(m.Small, SmallInfo(relative, data))
	return nil
}

// SmallInfo describes a small file; its name is relative to the run's folder.
func SmallInfo(name string, data []byte) warehouse.FileInfo {
	sum := sha256.Sum256(data)
	return warehouse.FileInfo{Name: filepath.ToSlash(name), Bytes: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}
