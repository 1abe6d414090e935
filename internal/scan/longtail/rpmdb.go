package longtail

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"os"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// maxRPMQuery bounds how long a database may take: a hostile one can hold a view
// without end where the table should be.
const maxRPMQuery = 30 * time.Second

// eachSQLiteRPM reads the table Packages. SQLite wants a file: the bytes lie in a
// temporary one of ours meanwhile.
func eachSQLiteRPM(data []byte, f func([]byte) error) (err error) {
	tmp, err := os.CreateTemp("", "tributary-rpm-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+tmp.Name()+"?mode=ro&immutable=1&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)")
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), maxRPMQuery)
	defer cancel()
	rows, err := db.QueryContext(ctx, "SELECT blob FROM Packages ORDER BY hnum LIMIT ?", maxRPMs+1)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var blob sql.RawBytes
		if err := rows.Scan(&blob); err != nil {
			return err
		}
		if err := f(blob); err != nil {
			return err
		}
	}
	return rows.Err()
}

var errRPMDB = errors.New("the database is damaged")

// eachNDBRPM reads rpm's own database (rpm's lib/backend/ndb/rpmpkg.c): pages of
// slots, each with the place of a blob, in blocks of 16 bytes.
func eachNDBRPM(data []byte, f func([]byte) error) error {
	const page, slot, block, blobHead = 4096, 16, 16, 16
	if len(data) < page {
		return errRPMDB
	}
	pages := int(binary.LittleEndian.Uint32(data[12:]))
	if pages < 1 || pages > len(data)/page {
		return errRPMDB
	}
	for at := 2 * slot; at+slot <= pages*page; at += slot {
		s := data[at:]
		index, from := binary.LittleEndian.Uint32(s[4:]), int(binary.LittleEndian.Uint32(s[8:]))*block
		if string(s[:4]) != "Slot" {
			return errRPMDB
		}
		if index == 0 {
			continue
		}
		if from < pages*page || from+blobHead > len(data) || string(data[from:from+4]) != "BlbS" {
			return errRPMDB
		}
		size := int(binary.LittleEndian.Uint32(data[from+12:]))
		if size > maxRPMHeader || from+blobHead+size > len(data) {
			return errRPMDB
		}
		if err := f(data[from+blobHead : from+blobHead+size]); err != nil {
			return err
		}
	}
	return nil
}

// Kinds of pages and items of a hash database of Berkeley DB (dbinc/db_page.h).
const (
	bdbHashMagic    = 0x061561
	bdbPageHead     = 26
	bdbHashUnsorted = 2
	bdbOverflow     = 7
	bdbHash         = 13
	bdbOffPage      = 3
)

// eachBDBRPM reads a hash database of Berkeley DB: on its hash pages, items in
// turn are keys and values; a header is a value on a chain of overflow pages.
func eachBDBRPM(data []byte, f func([]byte) error) error {
	if len(data) < 512 {
		return errRPMDB
	}
	var order binary.ByteOrder = binary.LittleEndian
	if order.Uint32(data[12:]) != bdbHashMagic {
		if order = binary.BigEndian; order.Uint32(data[12:]) != bdbHashMagic {
			return errors.New("it is neither SQLite, NDB nor a hash database of Berkeley DB")
		}
	}
	size := int(order.Uint32(data[20:]))
	if size < 512 || size > 64<<10 || size&(size-1) != 0 {
		return errRPMDB
	}
	if data[24] != 0 {
		return errors.New("it is encrypted")
	}
	for at := 0; at+size <= len(data); at += size {
		page := data[at : at+size]
		if kind := page[25]; kind != bdbHash && kind != bdbHashUnsorted {
			continue
		}
		items := int(order.Uint16(page[20:]))
		if bdbPageHead+2*items > size {
			return errRPMDB
		}
		for i := 1; i < items; i += 2 {
			off := int(order.Uint16(page[bdbPageHead+2*i:]))
			if off >= size || page[off] != bdbOffPage {
				continue // a key or value that lies on the page itself is no header
			}
			if off+12 > size {
				return errRPMDB
			}
			header, err := bdbChain(data, order, size, int(order.Uint32(page[off+4:])), int(order.Uint32(page[off+8:])))
			if err != nil {
				return err
			}
			if err := f(header); err != nil {
				return err
			}
		}
	}
	return nil
}

// bdbChain joins the overflow pages from page number at on.
func bdbChain(data []byte, order binary.ByteOrder, size, at, length int) ([]byte, error) {
	if length > maxRPMHeader || length > len(data) {
		return nil, errRPMDB
	}
	var out bytes.Buffer
	for out.Len() < length {
		if at <= 0 || (at+1)*size > len(data) {
			return nil, errRPMDB
		}
		page := data[at*size : (at+1)*size]
		used := int(order.Uint16(page[22:]))
		if page[25] != bdbOverflow || used == 0 || bdbPageHead+used > size {
			return nil, errRPMDB
		}
		out.Write(page[bdbPageHead : bdbPageHead+used])
		at = int(order.Uint32(page[16:]))
	}
	return out.Bytes()[:length], nil
}
