package longtail

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

// rpmHeader makes the header of a package as rpm writes it.
func rpmHeader(name, version, release, arch, license string, epoch uint32) []byte {
	var entries, data bytes.Buffer
	entry := func(tag, kind uint32, value []byte) {
		for kind == 4 && data.Len()%4 != 0 {
			data.WriteByte(0)
		}
		for _, x := range []uint32{tag, kind, uint32(data.Len()), 1} {
			binary.Write(&entries, binary.BigEndian, x)
		}
		data.Write(value)
	}
	text := func(tag uint32, s string) { entry(tag, 6, append([]byte(s), 0)) }
	text(rpmName, name)
	text(rpmVersion, version)
	text(rpmRelease, release)
	entry(1004, 9, []byte("a summary\x00")) // nobody asks for it
	text(rpmLicense, license)
	text(rpmArch, arch)
	if epoch > 0 {
		entry(rpmEpoch, 4, binary.BigEndian.AppendUint32(nil, epoch))
	}
	out := binary.BigEndian.AppendUint32(nil, uint32(entries.Len()/16))
	out = binary.BigEndian.AppendUint32(out, uint32(data.Len()))
	return append(append(out, entries.Bytes()...), data.Bytes()...)
}

func sqliteRPMDB(t testing.TB, headers ...[]byte) []byte {
	name := filepath.Join(t.TempDir(), "rpmdb.sqlite")
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)"); err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		if _, err := db.Exec("INSERT INTO Packages (blob) VALUES (?)", h); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func ndbRPMDB(headers ...[]byte) []byte {
	out := make([]byte, 4096)
	copy(out, "RpmP")
	binary.LittleEndian.PutUint32(out[12:], 1)
	for at := 32; at < 4096; at += 16 {
		copy(out[at:], "Slot")
	}
	for i, h := range headers {
		s := out[32+16*(i+1):] // the first slot stays empty
		binary.LittleEndian.PutUint32(s[4:], uint32(i+1))
		binary.LittleEndian.PutUint32(s[8:], uint32(len(out)/16))
		blob := append([]byte("BlbS"), make([]byte, 12)...)
		binary.LittleEndian.PutUint32(blob[12:], uint32(len(h)))
		blob = append(blob, h...)
		out = append(out, append(blob, make([]byte, 16-len(blob)%16)...)...)
	}
	return out
}

func bdbRPMDB(order binary.ByteOrder, headers ...[]byte) []byte {
	const size = 512
	meta, hash := make([]byte, size), make([]byte, size)
	order.PutUint32(meta[12:], bdbHashMagic)
	order.PutUint32(meta[20:], size)
	meta[25] = 8
	hash[25] = bdbHash
	order.PutUint16(hash[20:], uint16(2*len(headers)))
	var chain []byte
	for i, h := range headers {
		key, value := size-16*(2*i+1), size-16*(2*i+2)
		order.PutUint16(hash[bdbPageHead+4*i:], uint16(key))
		order.PutUint16(hash[bdbPageHead+4*i+2:], uint16(value))
		hash[key], hash[value] = 1, bdbOffPage
		order.PutUint32(hash[value+4:], uint32(2+len(chain)/size))
		order.PutUint32(hash[value+8:], uint32(len(h)))
		for len(h) > 0 {
			n := min(len(h), size-bdbPageHead)
			page := make([]byte, size)
			page[25] = bdbOverflow
			order.PutUint16(page[22:], uint16(n))
			copy(page[bdbPageHead:], h[:n])
			if h = h[n:]; len(h) > 0 {
				order.PutUint32(page[16:], uint32(3+len(chain)/size))
			}
			chain = append(chain, page...)
		}
	}
	return append(append(meta, hash...), chain...)
}

func TestRPMDatabasesOfEachFormAreRead(t *testing.T) {
	headers := [][]byte{
		rpmHeader("bash", "5.1.8", "6.el9", "x86_64", "GPLv3+", 0),
		rpmHeader("gpg-pubkey", "fd431d51", "4ae0493b", "(none)", "pubkey", 0),
		rpmHeader("openssl-libs", "3.0.7", "27.el9", "x86_64", strings.Repeat("ASL 2.0 ", 200)+"ASL 2.0", 1),
	}
	want := []string{
		"0000 pkg:rpm/rocky/bash@5.1.8-6.el9?arch=x86_64&distro=rocky-9.3 unknown runtime; license GPLv3+",
		"0000 pkg:rpm/rocky/openssl-libs@3.0.7-27.el9?arch=x86_64&distro=rocky-9.3&epoch=1 unknown runtime; license " + strings.Repeat("ASL 2.0 ", 200) + "ASL 2.0",
	}
	release := []byte("NAME=\"Rocky Linux\"\nID=\"rocky\"\nVERSION_ID=\"9.3\"\n")
	for p, data := range map[string][]byte{
		"rootfs/var/lib/rpm/rpmdb.sqlite":          sqliteRPMDB(t, headers...),
		"rootfs/usr/lib/sysimage/rpm/Packages.db":  ndbRPMDB(headers...),
		"rootfs/var/lib/rpm/Packages":              bdbRPMDB(binary.LittleEndian, headers...),
		"rootfs/usr/lib/sysimage/rpm/old/Packages": bdbRPMDB(binary.BigEndian, headers...),
	} {
		fsys := manifest.MapFS{p: data, "rootfs/etc/os-release": release}
		if d := cmp.Diff(want, read(t, fsys, p)); d != "" {
			t.Errorf("%s: %s", p, d)
		}
	}
}

func TestDamagedRPMDatabasesAreSaidAndTheRestIsKept(t *testing.T) {
	good, bad := rpmHeader("a", "1", "1", "noarch", "MIT", 0), []byte("not a header")
	whole := bdbRPMDB(binary.LittleEndian, good, good)
	loop := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(loop[2*512+16:], 2)       // a page that leads to itself
	binary.LittleEndian.PutUint32(loop[512+512-32+8:], 1e6) // and a value that wants more
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"one header damaged": {sqliteRPMDB(t, good, bad), []string{"0000 pkg:rpm/a@1-1?arch=noarch unknown runtime; license MIT", "0000 problem: malformed"}},
		"cut off":            {whole[:len(whole)-512], []string{"0000 pkg:rpm/a@1-1?arch=noarch unknown runtime; license MIT", "0000 problem: malformed"}},
		"a chain in a ring":  {loop, []string{"0000 problem: malformed"}},
		"no database":        {[]byte(strings.Repeat("hello", 200)), []string{"0000 problem: malformed"}},
		"empty":              {nil, []string{"0000 problem: malformed"}},
	} {
		const p = "var/lib/rpm/Packages"
		if d := cmp.Diff(c.want, read(t, manifest.MapFS{p: c.data}, p)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// The forms of our own; SQLite's is its library's.
func FuzzRPMDatabases(f *testing.F) {
	h := rpmHeader("a", "1", "1", "noarch", "MIT", 2)
	f.Add(ndbRPMDB(h))
	f.Add(bdbRPMDB(binary.LittleEndian, h))
	f.Add(bdbRPMDB(binary.BigEndian, h))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, each := range []func([]byte, func([]byte) error) error{eachNDBRPM, eachBDBRPM} {
			n := 0
			_ = each(b, func(h []byte) error {
				if n++; n > 1000 {
					return errRPMDB
				}
				_, _, _ = rpmUsage(h, distribution{})
				return nil
			})
		}
		_, _, _ = rpmUsage(b, distribution{id: "x"})
	})
}
