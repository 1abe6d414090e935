package license

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"sync"

	"github.com/apache/skywalking-eyes/assets"
	"github.com/sirupsen/logrus"
	bom "sigs.k8s.io/bom/pkg/license"
)

// Text returns the full text of a license or an exception of the SPDX list, as
// published there, with the blanks of its template unfilled. The texts come
// from two modules that carry them: skywalking-eyes, which has the usual ones
// and many exceptions, and sigs.k8s.io/bom, which has the whole list 3.27.
// Nothing is read before the first call.
func Text(id string) (string, bool) {
	info, ok := Lookup(id)
	if !ok {
		return "", false
	}
	names := []string{info.ID}
	if l, ok := canonicalLeaf(info.ID, false); ok && l.Exception == "" && l.ID != info.ID {
		names = append(names, l.ID)
	}
	for _, name := range names {
		if b, err := assets.Asset("lcs-templates/" + name + ".txt"); err == nil && len(bytes.TrimSpace(b)) > 0 {
			return string(b), true
		}
	}
	for _, name := range names {
		if s, ok := archived(name); ok {
			return s, true
		}
	}
	return "", false
}

// openArchive opens the list inside bom. The library reports this on the
// standard logger of logrus, which nobody asked for.
var openArchive = sync.OnceValue(func() map[string]*zip.File {
	level := logrus.GetLevel()
	logrus.SetLevel(logrus.WarnLevel)
	defer logrus.SetLevel(level)
	d := bom.DefaultDownloaderImpl{Options: &bom.DownloaderOptions{}}
	b, err := d.DownloadLicenseArchive(bom.DefaultCatalogOpts.Version) // this version is embedded: no network
	if err != nil {
		return nil
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil
	}
	m := make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		if dir, name, ok := strings.Cut(f.Name, "/json/details/"); ok && dir != "" {
			m[strings.TrimSuffix(name, ".json")] = f
		}
	}
	return m
})

// maxArchived is above the longest text of the list.
const maxArchived = 1 << 20

func archived(id string) (string, bool) {
	f, ok := openArchive()[id]
	if !ok {
		return "", false
	}
	r, err := f.Open()
	if err != nil {
		return "", false
	}
	defer r.Close()
	var detail struct {
		LicenseText string `json:"licenseText"`
	}
	if err := json.NewDecoder(io.LimitReader(r, maxArchived)).Decode(&detail); err != nil {
		return "", false
	}
	return detail.LicenseText, strings.TrimSpace(detail.LicenseText) != ""
}
