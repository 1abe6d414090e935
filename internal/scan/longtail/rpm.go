package longtail

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

func isRPM(p string) bool {
	base := path.Base(p)
	return (base == "Packages" || base == "Packages.db") && (strings.Contains("/"+p, "/lib/rpm/") || strings.Contains("/"+p, "/sysimage/rpm/")) || base == "rpmdb.sqlite"
}

// Bounds of an RPM database: its bytes, its packages, the tags and bytes of a
// package's header.
const (
	maxRPMDB       = 512 << 20
	maxRPMs        = 200_000
	maxRPMTags     = 64 << 10
	maxRPMHeader   = 32 << 20
	maxRPMProblems = 20
)

// readRPM reads the packages of an RPM database in any of its three forms:
// SQLite (rpmdb.sqlite), NDB (Packages.db) and Berkeley DB (Packages).
func readRPM(fsys manifest.FS, p string) (out manifest.Result, err error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return out, err
	}
	fail := func(kind, message string) (manifest.Result, error) {
		out.Problems = append(out.Problems, inventory.Problem{Path: p, Kind: kind, Message: message})
		return out, nil
	}
	if len(data) > maxRPMDB {
		return fail("too large", fmt.Sprintf("larger than %d MiB; not read", maxRPMDB>>20))
	}
	distro := distroOf(fsys, p)
	bad := 0
	err = eachRPM(data, func(header []byte) error {
		u, ok, err := rpmUsage(header, distro)
		if err != nil {
			if bad++; bad <= maxRPMProblems {
				out.Problems = append(out.Problems, inventory.Problem{Path: p, Kind: "malformed", Message: "a package is left out: " + err.Error()})
			}
			return nil
		}
		if ok {
			u.Manifest = p
			out.Usages = append(out.Usages, u)
		}
		if len(out.Usages) > maxRPMs {
			return fmt.Errorf("more than %d packages", maxRPMs)
		}
		return nil
	})
	if err != nil {
		return fail("malformed", "not all packages could be read: "+err.Error())
	}
	return out, nil
}

// eachRPM hands out the headers of a database.
func eachRPM(data []byte, each func(header []byte) error) error {
	budget := 4*len(data) + 1<<20
	f := func(header []byte) error {
		if budget -= len(header); budget < 0 {
			return errRPMDB // its packages share what they are made of
		}
		return each(header)
	}
	switch {
	case bytes.HasPrefix(data, []byte("SQLite format 3\x00")):
		return eachSQLiteRPM(data, f)
	case bytes.HasPrefix(data, []byte("RpmP")):
		return eachNDBRPM(data, f)
	}
	return eachBDBRPM(data, f)
}

// Tags of a header that are read (rpm's rpmtag.h).
const (
	rpmName    = 1000
	rpmVersion = 1001
	rpmRelease = 1002
	rpmEpoch   = 1003
	rpmLicense = 1014
	rpmArch    = 1022
)

var errRPMHeader = errors.New("its header is damaged")

// rpmTags reads the tags above of a header (rpm's docs, "Header format"): the
// number of entries and of data bytes, entries of tag, type, offset and count,
// the data; all in network order.
func rpmTags(h []byte) (map[uint32]string, error) {
	if len(h) < 8 || len(h) > maxRPMHeader {
		return nil, errRPMHeader
	}
	n, size := int(binary.BigEndian.Uint32(h)), int(binary.BigEndian.Uint32(h[4:]))
	if n < 1 || n > maxRPMTags || size < 0 || 8+16*n+size > len(h) {
		return nil, errRPMHeader
	}
	data := h[8+16*n : 8+16*n+size]
	tags := map[uint32]string{}
	for i := range n {
		e := h[8+16*i:]
		tag, kind, at := binary.BigEndian.Uint32(e), binary.BigEndian.Uint32(e[4:]), int(int32(binary.BigEndian.Uint32(e[8:])))
		switch tag {
		case rpmName, rpmVersion, rpmRelease, rpmEpoch, rpmLicense, rpmArch:
		default:
			continue
		}
		if at < 0 || at >= size {
			return nil, errRPMHeader
		}
		switch kind {
		case 4: // INT32
			if at+4 > size {
				return nil, errRPMHeader
			}
			tags[tag] = strconv.FormatUint(uint64(binary.BigEndian.Uint32(data[at:])), 10)
		case 6, 8, 9: // STRING and lists of them, of which the first counts
			end := bytes.IndexByte(data[at:], 0)
			if end < 0 {
				return nil, errRPMHeader
			}
			tags[tag] = string(data[at : at+end])
		}
	}
	return tags, nil
}

// rpmUsage makes a usage of a header: pkg:rpm/DISTRO/NAME@VERSION-RELEASE with
// arch, epoch and distro as qualifiers (purl specification, rpm).
func rpmUsage(header []byte, distro distribution) (u inventory.Usage, ok bool, err error) {
	tags, err := rpmTags(header)
	if err != nil {
		return u, false, err
	}
	name := tags[rpmName]
	if name == "gpg-pubkey" { // a key, kept like a package
		return u, false, nil
	}
	if name == "" || tags[rpmVersion] == "" {
		return u, false, errors.New("it has no name or no version")
	}
	version := tags[rpmVersion]
	if r := tags[rpmRelease]; r != "" {
		version += "-" + r
	}
	u = inventory.Usage{Relation: inventory.RelationUnknown, Scope: inventory.Runtime, License: tags[rpmLicense],
		Component: inventory.PURL{Type: "rpm", Namespace: distro.id, Name: name, Version: version}}
	var quals []string
	for _, q := range [][2]string{{"arch", tags[rpmArch]}, {"distro", distro.release()}, {"epoch", tags[rpmEpoch]}} {
		if q[1] != "" && q[1] != "0" {
			quals = append(quals, q[0]+"="+q[1])
		}
	}
	if len(quals) > 0 {
		// Written and read again, the qualifiers are canonical.
		if parsed, err := inventory.ParsePURL(u.Component.String() + "?" + strings.Join(quals, "&")); err == nil {
			u.Component = parsed
		}
	}
	return u, true, nil
}

// distribution is what os-release says (os-release(5)).
type distribution struct{ id, version string }

func (d distribution) release() string {
	if d.id == "" || d.version == "" {
		return ""
	}
	return d.id + "-" + d.version
}

// distroOf reads the os-release that belongs to a database: below the same root.
func distroOf(fsys manifest.FS, p string) (d distribution) {
	root := ""
	for _, part := range []string{"/var/lib/rpm/", "/usr/lib/sysimage/rpm/", "/usr/share/rpm/"} {
		if i := strings.Index("/"+p, part); i >= 0 {
			root = ("/" + p)[:i]
		}
	}
	for _, name := range []string{"etc/os-release", "usr/lib/os-release"} {
		b, err := fsys.ReadFile(strings.TrimPrefix(path.Join(root, name), "/"))
		if err != nil || len(b) > 1<<20 {
			continue
		}
		for line := range strings.Lines(string(b)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			value = strings.Trim(value, `"'`)
			switch key {
			case "ID":
				d.id = strings.ToLower(value)
			case "VERSION_ID":
				d.version = value
			}
		}
		if d.id != "" {
			break
		}
	}
	return d
}
